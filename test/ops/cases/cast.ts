/** Conversions between dtypes, and reading the bits of one as another. */
import { bool, type Case, define, float, given } from "../../support/case.ts";

const FLOATS = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  0.9,
  -0.9,
  1.5,
  -1.5,
  3e9,
  -3e9,
  5e9,
  1e-30,
  2147483520,
];
const INTS = [0, 1, -1, 7, 2147483647, -2147483648, 16777217];
const UNSIGNED = [0, 1, 7, 16777217, 2147483648, 4294967295];

export const CAST: readonly Case[] = [
  define("cast/float-to-int32", [given(FLOATS)], (_, x) => x.cast("int32"), { differentiable: false }),
  define("cast/float-to-uint32", [given(FLOATS)], (_, x) => x.cast("uint32"), { differentiable: false }),
  define("cast/float-to-bool", [given(FLOATS)], (_, x) => x.cast("bool"), { differentiable: false }),
  define("cast/int32-to-float", [given(INTS, [7], "int32")], (_, x) => x.cast("float32"), {
    torch: "a.float()",
  }),
  define("cast/int32-to-uint32", [given(INTS, [7], "int32")], (_, x) => x.cast("uint32")),
  define("cast/int32-to-bool", [given(INTS, [7], "int32")], (_, x) => x.cast("bool"), { torch: "a.bool()" }),
  define("cast/uint32-to-float", [given(UNSIGNED, [6], "uint32")], (_, x) => x.cast("float32")),
  define("cast/uint32-to-int32", [given(UNSIGNED, [6], "uint32")], (_, x) => x.cast("int32")),
  define("cast/bool-to-float", [bool([9])], (_, x) => x.cast("float32"), { torch: "a.float()" }),
  define("cast/bool-to-int32", [bool([9])], (_, x) => x.cast("int32"), { torch: "a.int()" }),
  define("cast/mask", [float([3, 4])], (_, x) => x.greater(0).cast("float32").mul(x), {
    torch: "(a > 0) * a",
  }),
  define(
    "bitcast/float-to-int32",
    [given(FLOATS.filter((v) => !Number.isNaN(v)))],
    (_, x) => x.bitcast("int32"),
    {
      torch: "a.float().view(torch.int32)",
    },
  ),
  define("bitcast/float-to-uint32", [float([8])], (_, x) => x.bitcast("uint32")),
  define("bitcast/int32-to-float", [given([0, 1065353216, -1073741824, 1078530011], [4], "int32")], (_, x) =>
    x.bitcast("float32"),
  ),
];
