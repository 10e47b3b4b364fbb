/** Images of another size: whole factors, odd ratios, enlarging and shrinking. */
import { type Case, define, float } from "../../support/case.ts";

const bilinear = (size: string): string =>
  `nhwc(F.interpolate(nchw(a), ${size}, mode='bilinear', align_corners=False))`;

export const RESIZE: readonly Case[] = [
  define("resize/bilinear-double", [float([1, 3, 4, 2])], (h, x) => h.resize(x, [6, 8]), {
    torch: bilinear("(6, 8)"),
  }),
  define("resize/bilinear-odd", [float([2, 3, 5, 1])], (h, x) => h.resize(x, [4, 3]), {
    torch: bilinear("(4, 3)"),
  }),
  define("resize/bilinear-one-pixel", [float([1, 1, 2, 3])], (h, x) => h.resize(x, [2, 1]), {
    torch: bilinear("(2, 1)"),
  }),
  define(
    "resize/nearest-triple",
    [float([1, 2, 3, 2])],
    (h, x) => h.resize(x, [6, 3], { method: "nearest" }),
    { torch: "nhwc(F.interpolate(nchw(a), (6, 3), mode='nearest'))" },
  ),
  define("resize/nearest-odd", [float([2, 5, 3, 1])], (h, x) => h.resize(x, [3, 7], { method: "nearest" }), {
    torch: "nhwc(F.interpolate(nchw(a), (3, 7), mode='nearest-exact'))",
  }),
];
