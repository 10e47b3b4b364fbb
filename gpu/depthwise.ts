/**
 * Depthwise convolution (one input channel per group) and its gradients, directly: there is nothing to share between
 * channels, so neighbouring invocations do neighbouring channels, four each where they come in fours.
 */
import type { ConvKernel, Segment } from "../src/kernel/types.ts";
import { bindAsVectors } from "./operand.ts";
import type { Width } from "./prelude.ts";
import { chooseWidth, declareEpilogue } from "./program.ts";
import { reduction } from "./reduction.ts";
import { wgslType } from "./scalar.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { collapse } from "./space.ts";
import { inputAt, outputAt } from "./window.ts";

const WORKGROUP = 64;

export function depthwise(kernel: ConvKernel, segment: Segment, target: Target): Dispatch[] {
  return kernel.kind === "convWeightGrad"
    ? weightGradient(kernel, segment, target)
    : [direct(kernel, new Shader(segment, target))];
}

/** Output channels per input channel. */
const multiplier = ({ window: w }: ConvKernel): number => w.outChannels / w.inChannels;

/** conv and convInputGrad: an invocation walks the taps of its pixel and channel. */
function direct(kernel: ConvKernel, shader: Shader): Dispatch {
  const { window: w, epilogue, kind, outputs, label, flops, bytes } = kernel;
  const isForward = kind === "conv";
  const [rows, channels] = isForward
    ? [[w.batch, w.outHeight, w.outWidth], w.outChannels]
    : [[w.batch, w.inHeight, w.inWidth], w.inChannels];
  const variables = [...rows.map(() => "pixel"), "channel"];
  const body = collapse([...rows, channels], variables, epilogue.instrs, epilogue.stores);
  const width = multiplier(kernel) === 1 ? chooseWidth(shader, body, "channel") : 1;
  if (width === 4) for (const input of kernel.inputs.slice(0, 2)) bindAsVectors(shader, input, outputs);
  const type = wgslType("float32", width);
  declareEpilogue(shader, "finish", ["pixel", "channel"], body, { type }, width);
  const perPixel = channels / width;
  const invocations = rows.reduce((a, b) => a * b) * perPixel;
  return shader.dispatch({
    label,
    body: `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${invocations}u) { return; }
let pixel = i / ${perPixel}u;
let channel = i % ${perPixel}u * ${width}u;
var acc = ${type}();
for (var tap = 0u; tap < ${w.kernelHeight * w.kernelWidth}u; tap++) {
  ${isForward ? forwardTap(kernel, shader, width) : backwardTap(kernel, shader, width)}
}
finish(pixel, channel, acc);`,
    workgroup: WORKGROUP,
    groups: Math.ceil(invocations / WORKGROUP),
    flops,
    bytes,
  });
}

function forwardTap(kernel: ConvKernel, shader: Shader, width: Width): string {
  const { window: w, inputs } = kernel;
  const x = shader.load(inputs[0], `at * ${w.inChannels}u + channel / ${multiplier(kernel)}u`, width);
  const weight = shader.load(inputs[1], `tap * ${w.outChannels}u + channel`, width);
  return inputAt(w, "pixel", `acc += ${x} * ${weight};`);
}

function backwardTap(kernel: ConvKernel, shader: Shader, width: Width): string {
  const { window: w, inputs } = kernel;
  const times = multiplier(kernel);
  const dy = shader.load(inputs[0], `at * ${w.outChannels}u + channel * ${times}u + j`, width);
  const weight = shader.load(inputs[1], `tap * ${w.outChannels}u + channel * ${times}u + j`, width);
  return outputAt(w, "pixel", `for (var j = 0u; j < ${times}u; j++) { acc += ${dy} * ${weight}; }`);
}

/** A sum over output pixels for every tap and channel. */
function weightGradient(kernel: ConvKernel, segment: Segment, target: Target): Dispatch[] {
  const { window: w, inputs, epilogue, label, flops, bytes } = kernel;
  const shape = [w.kernelHeight, w.kernelWidth, 1, w.outChannels];
  return reduction(segment, target, {
    label,
    outputs: w.kernelHeight * w.kernelWidth * w.outChannels,
    length: w.batch * w.outHeight * w.outWidth,
    byRow: false,
    type: "f32",
    start: () => "0.0",
    combine: () => (a, b) => `${a} + ${b}`,
    element: (shader) => {
      const x = shader.load(inputs[0], `at * ${w.inChannels}u + channel / ${multiplier(kernel)}u`);
      const dy = shader.load(inputs[1], `r * ${w.outChannels}u + channel`);
      shader.declare(`
fn element(o: u32, r: u32) -> f32 {
  let tap = o / ${w.outChannels}u;
  let channel = o % ${w.outChannels}u;
  var v = 0.0;
  ${inputAt(w, "r", `v = ${x} * ${dy};`)}
  return v;
}`);
    },
    finish: (shader) => {
      const variables = shape.map(() => "o");
      const body = collapse(shape, variables, epilogue.instrs, epilogue.stores);
      declareEpilogue(shader, "finish", ["o"], body, { type: "f32" });
      return "finish";
    },
    flops,
    bytes,
  });
}
