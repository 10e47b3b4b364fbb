/**
 * Pooling, its gradient and its gather. Every result collects what it needs, nothing is scattered: the gradient of a
 * maximum looks up, for each window over an input pixel, whether that pixel was the window's first largest.
 */
import type { PoolKernel, Segment } from "../src/kernel/types.ts";
import { declareEpilogue } from "./program.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { collapse } from "./space.ts";
import { inputAt, outputAt } from "./window.ts";

const WORKGROUP = 64;

export function pool(kernel: PoolKernel, segment: Segment, target: Target): Dispatch[] {
  const { window: w, kind, epilogue, label, flops, bytes } = kernel;
  const shader = new Shader(segment, target);
  const shape =
    kind === "poolGrad"
      ? [w.batch, w.inHeight, w.inWidth, w.inChannels]
      : [w.batch, w.outHeight, w.outWidth, w.outChannels];
  const invocations = shape.reduce((a, b) => a * b);
  const variables = shape.map(() => "i");
  const body = collapse(shape, variables, epilogue.instrs, epilogue.stores);
  declareEpilogue(shader, "finish", ["i"], body, { type: "f32" });
  return [
    shader.dispatch({
      label,
      body: `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${invocations}u) { return; }
let pixel = i / ${w.inChannels}u;
let channel = i % ${w.inChannels}u;
${BODIES[`${kind} ${kernel.op}`](kernel, shader)}
finish(i, acc);`,
      workgroup: WORKGROUP,
      groups: Math.ceil(invocations / WORKGROUP),
      flops,
      bytes,
    }),
  ];
}

/** Statements that set `acc` for `pixel` and `channel`. */
const BODIES: Record<string, (kernel: PoolKernel, shader: Shader) => string> = {
  "pool sum": (kernel, shader) => `
var acc = 0.0;
${taps(kernel)} { ${inputAt(kernel.window, "pixel", `acc += ${load(kernel, shader, 0)};`)} }`,

  "pool max": (kernel, shader) => {
    declareLargest(kernel, shader);
    return "let acc = largest(pixel, channel).value;";
  },

  "poolTake max": (kernel, shader) => {
    declareLargest(kernel, shader);
    return `
let at = largest(pixel, channel).pixel;
var acc = 0.0;
if (at != 0xffffffffu) { acc = ${load(kernel, shader, 1)}; }`;
  },

  "poolGrad sum": (kernel, shader) => `
var acc = 0.0;
${taps(kernel)} { ${outputAt(kernel.window, "pixel", `acc += ${load(kernel, shader, 0)};`)} }`,

  "poolGrad max": (kernel, shader) => {
    declareLargest(kernel, shader);
    const take = `if (largest(at, channel).pixel == pixel) { acc += ${load(kernel, shader, 1)}; }`;
    return `
var acc = 0.0;
${taps(kernel)} { ${outputAt(kernel.window, "pixel", take)} }`;
  },
};

const taps = ({ window: w }: PoolKernel): string =>
  `for (var tap = 0u; tap < ${w.kernelHeight * w.kernelWidth}u; tap++)`;

const load = ({ window: w, inputs }: PoolKernel, shader: Shader, input: number): string =>
  shader.load(inputs[input], `at * ${w.inChannels}u + channel`);

/** Declares `largest(output pixel, channel)`: the window's first largest element and where it lies; NaN is largest. */
function declareLargest(kernel: PoolKernel, shader: Shader): void {
  const nan = shader.need("isnan_N", 1);
  const start = `${shader.need("bits_N", 1)}(0xff800000u)`;
  const take = `let x = ${load(kernel, shader, 0)};
if (!found_nan && (best.pixel == 0xffffffffu || x > best.value || ${nan}(x))) {
  best = Largest(x, at);
  found_nan = ${nan}(x);
}`;
  shader.declare(`
struct Largest { value: f32, pixel: u32 }
fn largest(p: u32, channel: u32) -> Largest {
  var best = Largest(${start}, 0xffffffffu);
  var found_nan = false;
  ${taps(kernel)} { ${inputAt(kernel.window, "p", take)} }
  return best;
}`);
}
