/** Matrix products: tiled, or as a reduction where one side has at most four rows (GEMV), or plain for integers. */
import { sizeOf } from "../src/base/shape.ts";
import type { MatmulKernel, Operand, Segment } from "../src/kernel/types.ts";
import { gemm, type Loader } from "./gemm.ts";
import { matrixLoader } from "./operand.ts";
import type { Width } from "./prelude.ts";
import { chooseWidth, declareEpilogue } from "./program.ts";
import { reduction } from "./reduction.ts";
import { wgslType } from "./scalar.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { collapse, Space } from "./space.ts";

const WORKGROUP = 64;
/** Rows of a thin operand that a reduction carries at once. */
const THIN = 4;

export function matmul(kernel: MatmulKernel, segment: Segment, target: Target): Dispatch[] {
  const { m, n, k } = kernel;
  if (kernel.dtype !== "float32") return [plain(kernel, new Shader(segment, target))];
  if (isThin(kernel)) return thin(kernel, segment, target);
  return gemm(segment, target, {
    label: kernel.label,
    products: sizeOf(kernel.batch),
    m,
    n,
    k,
    a: loader(kernel, kernel.a, kernel.a.transposed ? [k, m] : [m, k], !kernel.a.transposed),
    b: loader(kernel, kernel.b, kernel.b.transposed ? [n, k] : [k, n], kernel.b.transposed),
    finish: (shader) => declareFinish(kernel, shader, true),
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}

/** Whether the product is computed as a reduction. */
export const isThin = ({ m, n, k }: MatmulKernel): boolean => k > 0 && Math.min(m, n) <= THIN;

function loader(kernel: MatmulKernel, operand: Operand, [rows, columns]: number[], alongK: boolean): Loader {
  const { input, offset, rowStride, batchStrides } = operand;
  const matrix = {
    input,
    start: startOf(kernel, operand),
    isAligned: offset % 4 === 0 && batchStrides.every((stride) => stride % 4 === 0),
    rows,
    columns,
    rowStride,
  };
  return matrixLoader(matrix, alongK ? "k" : "outer", kernel.outputs);
}

/** The operand's first element in product `z`. */
function startOf({ batch }: MatmulKernel, { offset, batchStrides }: Operand): string {
  const space = new Space(
    batch,
    batch.map(() => "z"),
  );
  return `(${space.element({ offset, strides: batchStrides })})`;
}

function declareFinish(kernel: MatmulKernel, shader: Shader, mayWiden: boolean): Width {
  const { batch, m, n, epilogue, dtype } = kernel;
  const variables = [...batch.map(() => "z"), "row", "column"];
  const body = collapse([...batch, m, n], variables, epilogue.instrs, epilogue.stores);
  const width = mayWiden ? chooseWidth(shader, body, "column") : 1;
  declareEpilogue(shader, "finish", ["z", "row", "column"], body, { type: wgslType(dtype, width) }, width);
  return width;
}

/** The element (outer, r) of an operand, where r runs along k. */
function element(
  kernel: MatmulKernel,
  shader: Shader,
  operand: Operand,
  outer: string,
  isLeft: boolean,
): string {
  const outerIsRow = isLeft !== operand.transposed;
  const [row, column] = outerIsRow ? [outer, "r"] : ["r", outer];
  return shader.load(
    operand.input,
    `${startOf(kernel, operand)} + ${row} * ${operand.rowStride}u + ${column}`,
  );
}

/** A reduction over k whose terms are vectors: a side of up to four rows (or columns) is read as one vector. */
function thin(kernel: MatmulKernel, segment: Segment, target: Target): Dispatch[] {
  const { batch, m, n, k, a, b } = kernel;
  const leftIsThin = m <= n;
  const [thinSize, wideSize] = leftIsThin ? [m, n] : [n, m];
  const [thinSide, wideSide] = leftIsThin ? [a, b] : [b, a];
  const entries = [0, 1, 2, 3].slice(0, thinSize);
  const type = thinSize === 1 ? "f32" : thinSize === 2 ? "vec2<f32>" : "vec4<f32>";
  return reduction(segment, target, {
    label: kernel.label,
    outputs: sizeOf(batch) * wideSize,
    length: k,
    byRow: leftIsThin ? wideSide.transposed : !wideSide.transposed,
    type,
    start: () => `${type}()`,
    combine: () => (x, y) => `${x} + ${y}`,
    element: (shader) => {
      const parts = entries.map((i) => element(kernel, shader, thinSide, `${i}u`, leftIsThin));
      if (thinSize === 3) parts.push("0.0");
      shader.declare(`
fn element(o: u32, r: u32) -> ${type} {
  let z = o / ${wideSize}u;
  let p = o % ${wideSize}u;
  return ${element(kernel, shader, wideSide, "p", !leftIsThin)} * ${type}(${parts.join(", ")});
}`);
    },
    finish: (shader) => {
      declareFinish(kernel, shader, false);
      const calls = entries.map((i) => {
        const acc = thinSize === 1 ? "acc" : `acc[${i}]`;
        const at = leftIsThin ? `${i}u, o % ${wideSize}u` : `o % ${wideSize}u, ${i}u`;
        return `finish(o / ${wideSize}u, ${at}, ${acc});`;
      });
      shader.declare(`fn finish_all(o: u32, acc: ${type}) { ${calls.join(" ")} }`);
      return "finish_all";
    },
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}

/** An invocation per element. */
function plain(kernel: MatmulKernel, shader: Shader): Dispatch {
  const { batch, m, n, k, a, b, dtype } = kernel;
  const elements = sizeOf(batch) * m * n;
  declareFinish(kernel, shader, false);
  return shader.dispatch({
    label: kernel.label,
    body: `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${elements}u) { return; }
let z = i / ${m * n}u;
let row = i / ${n}u % ${m}u;
let column = i % ${n}u;
var acc = ${wgslType(dtype, 1)}();
for (var r = 0u; r < ${k}u; r++) {
  acc += ${element(kernel, shader, a, "row", true)} * ${element(kernel, shader, b, "column", false)};
}
finish(z, row, column, acc);`,
    workgroup: WORKGROUP,
    groups: Math.ceil(elements / WORKGROUP),
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}
