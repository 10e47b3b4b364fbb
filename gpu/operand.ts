/** Loaders of matrix operands: dense rows at a fixed stride, with a start that depends on the product `z`. */
import type { ValueId } from "../src/kernel/types.ts";
import type { Along, Loader } from "./gemm.ts";
import type { Shader } from "./shader.ts";

interface Matrix {
  readonly input: ValueId;
  /** First element, a u32 expression of `z`; `start % 4` is 0 where `isAligned`. */
  readonly start: string;
  readonly isAligned: boolean;
  /** Rows and the elements of one, contiguous; which of the two runs along k is the loader's `along`. */
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
}

export function matrixLoader(matrix: Matrix, along: Along, outputs: readonly ValueId[]): Loader {
  return { along, declare: (shader, name) => declareMatrix(shader, name, matrix, along, outputs) };
}

function declareMatrix(
  shader: Shader,
  name: string,
  matrix: Matrix,
  along: Along,
  outputs: readonly ValueId[],
): void {
  const { input, start, rows, columns, rowStride } = matrix;
  const [row, column] = along === "k" ? ["outer", "k"] : ["k", "outer"];
  if (matrix.isAligned && columns % 4 === 0 && rowStride % 4 === 0) bindAsVectors(shader, input, outputs);
  const load = (i: number) => shader.load(input, `at + ${i}u`);
  // Whole vec4s are inside or outside; else the end of a row is loaded one by one.
  const body =
    columns % 4 === 0
      ? `v = ${shader.load(input, "at", 4)};`
      : `v.x = ${load(0)};
    ${[1, 2, 3].map((i) => `if (${column} + ${i}u < ${columns}u) { v[${i}] = ${load(i)}; }`).join("\n    ")}`;
  shader.declare(`
fn ${name}(z: u32, outer: u32, k: u32) -> vec4<f32> {
  var v = vec4<f32>();
  if (${row} < ${rows}u && ${column} < ${columns}u) {
    let at = ${start} + ${row} * ${rowStride}u + ${column};
    ${body}
  }
  return v;
}`);
}

/** Binds an input as vec4 where its size allows, unless it is an output that may be stored by elements. */
export function bindAsVectors(shader: Shader, input: ValueId, outputs: readonly ValueId[]): void {
  if (shader.hasVectors(input) && !outputs.includes(input)) shader.vectorize(input);
}
