/**
 * The convolution triple as implicit matrix products: the loaders gather the windows on the way to workgroup memory,
 * nothing is laid out beforehand. Groups are products of their own; with one input channel each see `depthwise.ts`.
 *
 *   conv:           rows are output pixels, columns output channels, k runs over (tap, input channel)
 *   convInputGrad:  rows are input pixels, columns input channels, k over (tap, output channel)
 *   convWeightGrad: rows are (tap, input channel), columns output channels, k over output pixels
 */
import type { ConvKernel, Segment, ValueId, Window2d } from "../src/kernel/types.ts";
import { depthwise } from "./depthwise.ts";
import { type Along, type Gemm, gemm, type Loader } from "./gemm.ts";
import { bindAsVectors, matrixLoader } from "./operand.ts";
import { chooseWidth, declareEpilogue } from "./program.ts";
import { wgslType } from "./scalar.ts";
import type { Dispatch, Shader, Target } from "./shader.ts";
import { collapse } from "./space.ts";
import { inputAt, outputAt } from "./window.ts";

export function conv(kernel: ConvKernel, segment: Segment, target: Target): Dispatch[] {
  return isDepthwise(kernel) ? depthwise(kernel, segment, target) : gemm(segment, target, productOf(kernel));
}

/** One input channel to a group: not computed as a product. */
export const isDepthwise = ({ window: { groups, inChannels } }: ConvKernel): boolean =>
  groups > 1 && inChannels === groups;

/** The convolution as a product. */
export function productOf(kernel: ConvKernel): Gemm {
  const { label, flops, bytes, window } = kernel;
  return { ...PRODUCTS[kernel.kind](kernel), products: window.groups, label, flops, bytes };
}

type Product = Omit<Gemm, "products" | "label" | "flops" | "bytes">;

const PRODUCTS: Record<ConvKernel["kind"], (kernel: ConvKernel) => Product> = {
  conv: (kernel) => {
    const { window: w, inputs } = kernel;
    const { taps, inPer, outPer, outPixels } = sizes(w);
    const [x, weights] = inputs;
    return {
      m: outPixels,
      n: outPer,
      k: taps * inPer,
      a: isPointwise(w)
        ? matrix(kernel, x, "k", outPixels, w.inChannels)
        : gathered(kernel, x, "k", outPixels, w.inChannels, (p, taken) => inputAt(w, p, taken)),
      b: matrix(kernel, weights, "outer", taps * inPer, w.outChannels),
      finish: finishOver(kernel, [w.batch, w.outHeight, w.outWidth], w.outChannels),
    };
  },
  convInputGrad: (kernel) => {
    const { window: w, inputs } = kernel;
    const { taps, inPer, outPer, inPixels } = sizes(w);
    const [dy, weights] = inputs;
    return {
      m: inPixels,
      n: inPer,
      k: taps * outPer,
      a: gathered(kernel, dy, "k", inPixels, w.outChannels, (p, taken) => outputAt(w, p, taken)),
      // The weights of a tap as (output channel, input channel): output channels are contiguous.
      b: gathered(
        kernel,
        weights,
        "k",
        inPer,
        w.outChannels,
        (p, taken) => `let at = tap * ${inPer}u + ${p};\n${taken}`,
      ),
      finish: finishOver(kernel, [w.batch, w.inHeight, w.inWidth], w.inChannels),
    };
  },
  convWeightGrad: (kernel) => {
    const { window: w, inputs } = kernel;
    const { taps, inPer, outPer, outPixels } = sizes(w);
    const [x, dy] = inputs;
    return {
      m: taps * inPer,
      n: outPer,
      k: outPixels,
      a: gathered(kernel, x, "outer", outPixels, w.inChannels, (p, taken) => inputAt(w, p, taken)),
      b: matrix(kernel, dy, "outer", outPixels, w.outChannels),
      finish: finishOver(kernel, [w.kernelHeight, w.kernelWidth, inPer], w.outChannels),
    };
  },
};

const sizes = (w: Window2d) => ({
  taps: w.kernelHeight * w.kernelWidth,
  inPer: w.inChannels / w.groups,
  outPer: w.outChannels / w.groups,
  inPixels: w.batch * w.inHeight * w.inWidth,
  outPixels: w.batch * w.outHeight * w.outWidth,
});

/** A 1 × 1 convolution without steps or padding is a plain product. */
const isPointwise = ({ kernelHeight, kernelWidth, strides, padding }: Window2d): boolean =>
  [kernelHeight, kernelWidth, ...strides].every((x) => x === 1) && padding.flat().every((p) => p === 0);

/** A dense operand whose columns are channels: product z takes its group of them. */
function matrix(kernel: ConvKernel, input: ValueId, along: Along, rows: number, channels: number): Loader {
  const per = channels / kernel.window.groups;
  const operand = {
    input,
    start: `z * ${per}u`,
    isAligned: per % 4 === 0,
    rows,
    columns: per,
    rowStride: channels,
  };
  return matrixLoader(operand, along, kernel.outputs);
}

/**
 * An operand of (pixel, term) with term = (tap, channel of the group): `place` prints what finds the row `at` of
 * `channels` for a pixel and a `tap`. Four terms are read at once where channels come in fours. Along "k" the terms
 * run along k, along "outer" the pixels do.
 */
function gathered(
  kernel: ConvKernel,
  input: ValueId,
  along: Along,
  pixels: number,
  channels: number,
  place: (pixel: string, taken: string) => string,
): Loader {
  const { taps } = sizes(kernel.window);
  const per = channels / kernel.window.groups;
  const [pixel, term] = along === "k" ? ["outer", "k"] : ["k", "outer"];
  const declare = (shader: Shader, name: string) => {
    if (per % 4 === 0) bindAsVectors(shader, input, kernel.outputs);
    const at = (t: string) => `at * ${channels}u + z * ${per}u + ${t} % ${per}u`;
    const fourAtOnce = `
    let tap = ${term} / ${per}u;
    ${place(pixel, `v = ${shader.load(input, at(term), 4)};`)}`;
    const oneByOne = `
    for (var e = 0u; e < 4u && ${term} + e < ${taps * per}u; e++) {
      let tap = (${term} + e) / ${per}u;
      ${place(pixel, `v[e] = ${shader.load(input, at(`(${term} + e)`))};`)}
    }`;
    shader.declare(`
fn ${name}(z: u32, outer: u32, k: u32) -> vec4<f32> {
  var v = vec4<f32>();
  if (${pixel} < ${pixels}u && ${term} < ${taps * per}u) {${per % 4 === 0 ? fourAtOnce : oneByOne}
  }
  return v;
}`);
  };
  return { along, declare };
}

/** The epilogue over [...rows, channels]; the columns of product z are its group of channels. */
function finishOver({ epilogue, window }: ConvKernel, rows: number[], channels: number): Gemm["finish"] {
  const per = channels / window.groups;
  return (shader) => {
    const variables = [...rows.map(() => "row"), "channel"];
    const body = collapse([...rows, channels], variables, epilogue.instrs, epilogue.stores);
    const width = per % 4 === 0 ? chooseWidth(shader, body, "channel") : 1;
    const type = wgslType("float32", width);
    declareEpilogue(shader, "finish_at", ["row", "channel"], body, { type }, width);
    shader.declare(`
fn finish(z: u32, row: u32, column: u32, acc: ${type}) { finish_at(row, z * ${per}u + column, acc); }`);
    return width;
  };
}
