/** The order of elements as words: what sorting and arg-reductions compare. */
import type { DType } from "../src/base/dtype.ts";
import { storedType } from "./scalar.ts";
import type { Shader } from "./shader.ts";

/**
 * Declares `order(x) -> u32`, which grows with x (−0 equals 0). NaN is the greatest word either way: with `reversed`
 * the order of everything else falls.
 */
export function declareOrder(shader: Shader, dtype: DType, reversed: boolean): void {
  const word =
    dtype === "float32"
      ? `${shader.need("order_N", 1)}(x)`
      : dtype === "int32"
        ? "(bitcast<u32>(x) ^ 0x80000000u)"
        : "u32(x)";
  const nan = dtype === "float32" ? `${shader.need("isnan_N", 1)}(x)` : "false";
  const type = dtype === "bool" ? "bool" : storedType(dtype, 1);
  shader.declare(
    `fn order(x: ${type}) -> u32 { return ${reversed ? `select(~${word}, 0xffffffffu, ${nan})` : word}; }`,
  );
}
