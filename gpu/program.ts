/** Prints a scalar program as WGSL statements over an iteration space, one step per `let`. */
import { invariant } from "../src/base/errors.ts";
import type { Affine, Instr, View } from "../src/kernel/types.ts";
import type { Width } from "./prelude.ts";
import { literal, scalarOp, wgslType } from "./scalar.ts";
import type { Shader } from "./shader.ts";
import { type Body, isFull, type Space } from "./space.ts";

/** At width 4 an invocation does four neighbours along the last axis, whose variable holds a multiple of 4. */
interface Site {
  readonly width: Width;
  /** The WGSL expression of `acc`. */
  readonly acc?: string;
}

/** Statements that compute every step and store the results. */
export function printProgram(shader: Shader, body: Body, site: Site): string {
  const { space, instrs, stores } = body;
  const lines = [printSteps(shader, space, instrs, site)];
  for (const { output, value, map } of stores) {
    const stride = lastStride(space, map);
    lines.push(shader.store(output, space.element(map), stepName(value), site.width, stride));
  }
  return lines.join("\n");
}

/** The variable that holds a step. */
export const stepName = (step: number): string => `t${step}`;

/** The statements that declare every step. */
export function printSteps(shader: Shader, space: Space, instrs: readonly Instr[], site: Site): string {
  return instrs.map((instr, i) => printStep(shader, space, instrs, instr, stepName(i), site)).join("\n");
}

function printStep(
  shader: Shader,
  space: Space,
  instrs: readonly Instr[],
  instr: Instr,
  name: string,
  site: Site,
): string {
  const { width } = site;
  const type = wgslType(instr.dtype, width);
  switch (instr.op) {
    case "load":
      return printLoad(shader, space, instr.input, instr.view, name, type, site);
    case "scalar":
      return `let ${name} = ${type}(${shader.scalar(instr.slot, instr.dtype)});`;
    case "const":
      return `let ${name} = ${literal(instr.dtype, instr.value, width, shader.need)};`;
    case "index":
      return `let ${name} = ${indices(space, instr.map, type, width)};`;
    case "random":
      return `let ${name} = ${random(shader, space, instr.map, instr.args, site)};`;
    case "acc":
      invariant(site.acc !== undefined, "only an epilogue has an accumulator");
      return `let ${name} = ${site.acc};`;
    case "map": {
      const args = instr.args.map((arg) => stepName(arg));
      const from = instrs[instr.args[0]].dtype;
      return `let ${name} = ${scalarOp(instr.name, args, from, instr.dtype, width, shader.need)};`;
    }
  }
}

function printLoad(
  shader: Shader,
  space: Space,
  input: number,
  view: View,
  name: string,
  type: string,
  site: Site,
): string {
  const { dtype } = shader.segment.values[input];
  const load = () => shader.load(input, space.element(view), site.width, lastStride(space, view));
  if (!view.bounds) return `let ${name} = ${load()};`;
  const { ranges, fill } = view.bounds;
  const padding = literal(dtype, fill, site.width, shader.need);
  const inside = ranges.flatMap(([low, high], d) => {
    const dim = space.shape[d];
    if (isFull([low, high], dim)) return [];
    const at = space.coordinate(d);
    return [...(low > 0 ? [`${at} >= ${low}u`] : []), ...(high < dim ? [`${at} < ${high}u`] : [])];
  });
  if (inside.length === 0) return `let ${name} = ${load()};`;
  return `var ${name}: ${type} = ${padding};\nif (${inside.join(" && ")}) { ${name} = ${load()}; }`;
}

function indices(space: Space, map: Affine, type: string, width: Width): string {
  const first = `i32(${space.element(map)})`;
  if (width === 1) return first;
  const stride = lastStride(space, map);
  return `(${type}(${first}) + ${type}(${[0, 1, 2, 3].map((j) => j * stride).join(", ")}))`;
}

/** Four aligned neighbours are one Philox block. */
function random(shader: Shader, space: Space, map: Affine, args: readonly number[], site: Site): string {
  const part = site.width === 4 ? ".x" : "";
  const keys = args.map((arg) => `${stepName(arg)}${part}`).join(", ");
  const philox = shader.need("philox", 1);
  const at = space.element(map);
  const bits = (i: string) => `${philox}((${i}) >> 2u, ${keys})[(${i}) & 3u]`;
  if (site.width === 1) return bits(at);
  if (isAligned(space, map)) return `${philox}((${at}) >> 2u, ${keys})`;
  const stride = lastStride(space, map);
  return `vec4<u32>(${[0, 1, 2, 3].map((j) => bits(`${at} + ${(j * stride) >>> 0}u`)).join(", ")})`;
}

const lastStride = (space: Space, map: Affine): number =>
  space.shape.length === 0 ? 0 : map.strides[space.shape.length - 1];

/** True if four neighbours along the last axis are one aligned vec4 in memory. */
function isAligned(space: Space, map: Affine): boolean {
  const last = space.shape.length - 1;
  return (
    last >= 0 &&
    map.strides[last] === 1 &&
    map.offset % 4 === 0 &&
    map.strides.every((stride, d) => d === last || stride % 4 === 0)
  );
}

/**
 * Whether an invocation should do four neighbours along `variable`: every store and most loads are then whole vec4s.
 * Binds those as vec4.
 */
export function chooseWidth(shader: Shader, body: Body, variable: string): Width {
  const { space, instrs, stores } = body;
  const dim = space.shape.at(-1) ?? 1;
  if (dim % 4 !== 0 || space.variables.at(-1) !== variable) return 1;
  const last = space.shape.length - 1;
  if (!stores.every(({ output, map }) => shader.hasVectors(output) && isAligned(space, map))) return 1;
  const vectors = new Set(stores.map(({ output }) => output));
  for (const instr of instrs) {
    if (instr.op !== "load") continue;
    const stride = instr.view.strides[last];
    const { bounds } = instr.view;
    if (stride !== 0 && stride !== 1) return 1;
    if (bounds && !isFull(bounds.ranges[last], dim)) return 1;
    if (shader.hasVectors(instr.input) && isAligned(space, instr.view)) vectors.add(instr.input);
  }
  for (const id of vectors) shader.vectorize(id);
  return 4;
}

/** Declares `name(parameters…, acc)`, which runs an epilogue at one point (or at four, at width 4). */
export function declareEpilogue(
  shader: Shader,
  name: string,
  parameters: readonly string[],
  body: Body,
  acc: { readonly type: string; readonly value?: string },
  width: Width = 1,
): void {
  shader.declare(`
fn ${name}(${[...parameters.map((p) => `${p}: u32`), `acc: ${acc.type}`].join(", ")}) {
${printProgram(shader, body, { width, acc: acc.value ?? "acc" })}
}`);
}
