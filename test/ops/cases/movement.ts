/** Index maps and concatenation. */
import { bool, type Case, define, float, int } from "../../support/case.ts";

/** [before, after] of each axis. */
const axes = (...pairs: (readonly [number, number])[]): readonly (readonly [number, number])[] => pairs;

export const MOVEMENT: readonly Case[] = [
  define("reshape/flatten", [float([2, 3, 4])], (_, x) => x.reshape([2, 12]), { torch: "a.reshape(2, 12)" }),
  define("reshape/inferred", [float([2, 3, 4])], (_, x) => x.reshape([-1, 4]), { torch: "a.reshape(-1, 4)" }),
  define("reshape/scalar", [float([1, 1])], (_, x) => x.reshape([]), { torch: "a.reshape([])" }),
  define("reshape/empty", [float([0, 4])], (_, x) => x.reshape([2, 0]), { torch: "a.reshape(2, 0)" }),

  define("transpose/matrix", [float([3, 5])], (_, x) => x.transpose(), { torch: "a.T" }),
  define("transpose/rank3", [float([2, 3, 4])], (_, x) => x.transpose([2, 0, 1]), {
    torch: "a.permute(2, 0, 1)",
  }),
  define("transpose/rank4", [float([2, 3, 1, 4])], (_, x) => x.transpose([3, 1, 0, 2]), {
    torch: "a.permute(3, 1, 0, 2)",
  }),
  define("transpose/int32", [int([3, 5])], (_, x) => x.transpose([1, 0]), { torch: "a.T" }),

  define("broadcastTo/rows", [float([4])], (_, x) => x.broadcastTo([3, 4]), { torch: "a.expand(3, 4)" }),
  define("broadcastTo/middle", [float([2, 1, 3])], (_, x) => x.broadcastTo([2, 4, 3]), {
    torch: "a.expand(2, 4, 3)",
  }),
  define("broadcastTo/scalar", [float([])], (_, x) => x.broadcastTo([2, 2]), { torch: "a.expand(2, 2)" }),
  define("broadcastTo/empty", [float([1, 3])], (_, x) => x.broadcastTo([0, 3]), { torch: "a.expand(0, 3)" }),

  define("slice/middle", [float([4, 6])], (_, x) => x.slice([1, 2], [3, 5]), { torch: "a[1:3, 2:5]" }),
  define("slice/steps", [float([5, 7])], (_, x) => x.slice([0, 1], [5, 7], [2, 3]), {
    torch: "a[0:5:2, 1:7:3]",
  }),
  define("slice/empty", [float([3, 4])], (_, x) => x.slice([1, 0], [1, 4]), { torch: "a[1:1]" }),
  define("slice/bool", [bool([3, 4])], (_, x) => x.slice([1, 1], [3, 3]), { torch: "a[1:3, 1:3]" }),

  define("flip/one", [float([3, 4])], (_, x) => x.flip(1), { torch: "a.flip(1)" }),
  define("flip/all", [float([2, 3, 2])], (_, x) => x.flip(), { torch: "a.flip(0, 1, 2)" }),

  define("pad/zeros", [float([2, 3])], (_, x) => x.pad(axes([1, 0], [2, 3])), {
    torch: "F.pad(a, (2, 3, 1, 0))",
  }),
  define("pad/value", [float([2, 3])], (_, x) => x.pad(axes([0, 1], [1, 1]), -2.5), {
    torch: "F.pad(a, (1, 1, 0, 1), value=-2.5)",
  }),
  define("pad/int32", [int([2, 2])], (_, x) => x.pad(axes([1, 1], [0, 0]), 7), {
    torch: "F.pad(a, (0, 0, 1, 1), value=7)",
  }),

  define("concat/rows", [float([2, 3]), float([1, 3]), float([3, 3])], (h, ...x) => h.concat(x, 0), {
    torch: "torch.cat([a, b, c], 0)",
  }),
  define("concat/last", [float([2, 2, 3]), float([2, 2, 1])], (h, ...x) => h.concat(x, -1), {
    torch: "torch.cat([a, b], -1)",
  }),
  define("concat/empty-part", [float([2, 0]), float([2, 3])], (h, ...x) => h.concat(x, 1), {
    torch: "torch.cat([a, b], 1)",
  }),
  define("concat/same-twice", [float([2, 2])], (h, x) => h.concat([x, x.flip(0)], 1), {
    torch: "torch.cat([a, a.flip(0)], 1)",
  }),
  define("concat/int32", [int([2, 2]), int([2, 2])], (h, ...x) => h.concat(x, 0), {
    torch: "torch.cat([a, b], 0)",
  }),
  define("stack/middle", [float([2, 3]), float([2, 3])], (h, ...x) => h.stack(x, 1), {
    torch: "torch.stack([a, b], 1)",
  }),
  define("squeeze/one", [float([2, 1, 3])], (_, x) => x.squeeze(1), { torch: "a.squeeze(1)" }),
  define("expandDims/last", [float([2, 3])], (_, x) => x.expandDims(-1), { torch: "a.unsqueeze(-1)" }),

  define("iota/added", [float([3, 4])], (h, x) => x.add(h.arange(4).cast("float32")), {
    torch: "a + torch.arange(4).to(a.dtype)",
  }),

  define("flatten/from-one", [float([2, 3, 2])], (_, x) => x.flatten(1)),
  define("tile/both", [float([2, 3])], (_, x) => x.tile([2, 2])),
  define("split/second", [float([4, 3])], (_, x) => x.split(2)[1]),
  define("stopGradient/product", [float([2, 3])], (_, x) => x.mul(x.stopGradient()), {
    order: 0,
    why: "a gradient other than that of the value: finite differences do not apply",
  }),
];
