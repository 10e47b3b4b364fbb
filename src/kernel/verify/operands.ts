/** The rules of each kind of kernel: which values it reads and writes as a whole, and how large they have to be. */
import { type Shape, sizeOf } from "../../base/shape.ts";
import { inputShape, kernelShape, outputShape } from "../../ops/window.ts";
import type {
  ConvKernel,
  GatherKernel,
  Kernel,
  MatmulKernel,
  Operand,
  PoolKernel,
  ValueId,
  Window2d,
} from "../types.ts";
import { isCount, type Place } from "./place.ts";
import { verifyView } from "./views.ts";

/** Values that the algorithm of a kernel reads, and those that it writes itself, without a program. */
export function operandsOf(kernel: Kernel): { reads: readonly ValueId[]; writes: readonly ValueId[] } {
  const { inputs, outputs } = kernel;
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return { reads: [], writes: [] };
    case "matmul":
      return { reads: [kernel.a.input, kernel.b.input], writes: [] };
    case "conv":
    case "convInputGrad":
    case "convWeightGrad":
    case "pool":
    case "poolGrad":
    case "poolTake":
      return { reads: inputs.slice(0, windowShapes(kernel).length), writes: [] };
    case "argReduce":
    case "cumulative":
    case "sort":
    case "gather":
    case "scatter":
    case "scatterAdd":
    case "softmax":
      return { reads: inputs, writes: outputs };
  }
}

/** Sizes and dtypes of the operands of a kernel. */
export function verifyOperands(place: Place, kernel: Kernel): void {
  const { inputs, outputs } = kernel;
  switch (kernel.kind) {
    case "map":
    case "reduce":
      break;
    case "matmul":
      verifyMatmul(place, kernel);
      break;
    case "conv":
    case "convInputGrad":
    case "convWeightGrad":
    case "pool":
    case "poolGrad":
    case "poolTake":
      verifyWindow(place, kernel);
      break;
    case "gather":
    case "scatter":
    case "scatterAdd":
      verifyGather(place, kernel);
      break;
    case "softmax":
      verifyCounts(place, { rows: kernel.rows, length: kernel.length });
      verifyNumber(place, 1, 1);
      for (const id of [inputs[0], outputs[0]]) place.operand(id, kernel.rows * kernel.length, "float32");
      break;
    case "argReduce":
    case "cumulative":
    case "sort": {
      const { outer, length, inner, dtype } = kernel;
      verifyCounts(place, { outer, length, inner });
      const size = outer * length * inner;
      verifyNumber(place, 1, kernel.kind === "sort" ? 2 : 1);
      place.operand(inputs[0], size, dtype);
      if (kernel.kind === "argReduce") place.operand(outputs[0], outer * inner, "int32");
      else place.operand(outputs[0], size, dtype);
      if (kernel.kind === "sort") place.operand(outputs[1], size, "int32");
    }
  }
}

function verifyCounts(place: Place, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    place.expect(isCount(count), () => `${name} is no count: got ${count}`);
}

function verifyNumber(place: Place, inputs: number, outputs: number): void {
  const { kernel } = place;
  place.expect(
    kernel.inputs.length === inputs && kernel.outputs.length === outputs,
    () => `takes ${inputs} inputs and ${outputs} outputs: got [${kernel.inputs}] and [${kernel.outputs}]`,
  );
}

function verifyMatmul(place: Place, kernel: MatmulKernel): void {
  const { batch, m, n, k, a, b } = kernel;
  verifyCounts(place, { m, n, k });
  verifyOperand(place.part("operand a"), kernel, a, a.transposed ? [k, m] : [m, k]);
  verifyOperand(place.part("operand b"), kernel, b, b.transposed ? [n, k] : [k, n]);
  place.expect(batch.every(isCount), () => `batch axes are no counts: got [${batch}]`);
}

function verifyOperand(place: Place, { batch, dtype }: MatmulKernel, operand: Operand, matrix: Shape): void {
  const { input, offset, rowStride, batchStrides } = operand;
  const [rows, columns] = matrix;
  const value = place.value(input);
  place.expect(value.dtype === dtype, () => `must be ${dtype}: got ${value.dtype}`);
  place.expect(
    rows <= 1 || rowStride >= columns,
    () => `rows of ${columns} overlap: they are ${rowStride} apart`,
  );
  const strides = [...batchStrides, rowStride, 1];
  verifyView(place, [...batch, rows, columns], { offset, strides }, value.size);
}

/** Shapes of the values that a window kernel reads first, in order. */
function windowShapes(kernel: ConvKernel | PoolKernel): Shape[] {
  const { window } = kernel;
  switch (kernel.kind) {
    case "conv":
      return [inputShape(window), kernelShape(window)];
    case "convInputGrad":
      return [outputShape(window), kernelShape(window)];
    case "convWeightGrad":
      return [inputShape(window), outputShape(window)];
    case "pool":
      return [inputShape(window)];
    case "poolGrad":
      return kernel.op === "max" ? [inputShape(window), outputShape(window)] : [outputShape(window)];
    case "poolTake":
      return [inputShape(window), inputShape(window)];
  }
}

function verifyWindow(place: Place, kernel: ConvKernel | PoolKernel): void {
  const { window, inputs } = kernel;
  verifyGeometry(place, window);
  if ("op" in kernel) {
    const { groups, inChannels, outChannels } = window;
    place.expect(
      groups === inChannels && groups === outChannels,
      () => `pools each channel by itself: got ${inChannels} to ${outChannels} in ${groups} groups`,
    );
    place.expect(kernel.kind !== "poolTake" || kernel.op === "max", () => "picks at largest elements only");
  }
  const shapes = windowShapes(kernel);
  place.expect(inputs.length >= shapes.length, () => `takes ${shapes.length} inputs: got [${inputs}]`);
  for (const [i, shape] of shapes.entries()) place.operand(inputs[i], sizeOf(shape), "float32");
}

/** Counts are counts, channels divide into groups, and each output is one position of the window. */
function verifyGeometry(place: Place, window: Window2d): void {
  const { padding, strides, dilation, ...counts } = window;
  verifyCounts(place, counts);
  const { groups, inChannels, outChannels } = window;
  place.expect(
    (groups >= 1 || inChannels === 0) && [inChannels, outChannels].every((n) => n === 0 || n % groups === 0),
    () => `${inChannels} to ${outChannels} channels do not divide into ${groups} groups`,
  );
  for (const axis of [0, 1] as const) {
    const [input, output, kernel] =
      axis === 0
        ? [window.inHeight, window.outHeight, window.kernelHeight]
        : [window.inWidth, window.outWidth, window.kernelWidth];
    const [low, high] = padding[axis];
    const reach = (kernel - 1) * dilation[axis] + 1;
    const positions = Math.floor((input + low + high - reach) / strides[axis]) + 1;
    place.expect(
      strides[axis] >= 1 && dilation[axis] >= 1 && output === positions,
      () =>
        `a window of ${reach} over ${low} + ${input} + ${high} in steps of ${strides[axis]} has ${positions} positions: got ${output}`,
    );
  }
}

function verifyGather(place: Place, kernel: GatherKernel): void {
  const { kind, dtype, along, outer, length, inner, count, inputs, outputs } = kernel;
  verifyCounts(place, { outer, length, inner, count });
  const [whole, picked] = [outer * length * inner, outer * count * inner];
  verifyNumber(place, kind === "gather" ? 2 : 3, 1);
  place.operand(inputs[0], whole, dtype);
  place.operand(inputs[1], along ? picked : count, "int32");
  if (kind !== "gather") place.operand(inputs[2], picked, dtype);
  place.operand(outputs[0], kind === "gather" ? picked : whole, dtype);
}
