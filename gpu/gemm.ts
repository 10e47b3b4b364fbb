/**
 * The tiled matrix product under matmul and convolution: a workgroup computes a tile from panels that it loads into
 * workgroup memory, an invocation a block of registers. Operands come through loaders that give four neighbours at once
 * and zeros outside. With few tiles and a long k the sum is split; a second dispatch adds the parts in order.
 */
import type { Segment } from "../src/kernel/types.ts";
import type { Width } from "./prelude.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { chooseSplits, chooseTile, type Tile } from "./tile.ts";

/** The direction in which four neighbours of an operand lie in memory: along k, or along its rows (A) or columns (B). */
export type Along = "k" | "outer";

export interface Gemm {
  readonly label: string;
  /** Independent products of one size: batches, groups. */
  readonly products: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Loader;
  readonly b: Loader;
  /** Declares `finish(z, row, column, acc)` and returns the width of `acc`, along columns. Called before the loaders. */
  readonly finish: (shader: Shader) => Width;
  readonly flops: number;
  readonly bytes: number;
}

export interface Loader {
  readonly along: Along;
  /** Declares `name(z, outer, k) -> vec4<f32>`, zero beyond the operand. */
  readonly declare: (shader: Shader, name: string) => void;
}

export function gemm(segment: Segment, target: Target, spec: Gemm): Dispatch[] {
  const tile = chooseTile(spec);
  const splits = chooseSplits(spec, tile);
  const shader = new Shader(segment, target);
  if (splits === 1) return [product(shader, spec, tile, 1, spec.finish(shader))];
  const width: Width = spec.n % 4 === 0 ? 4 : 1;
  declareLeave(shader, spec, splits, width);
  const first = product(shader, spec, tile, splits, width);
  return [first, addParts(new Shader(segment, target), spec, splits)];
}

const typeOf = (width: Width): string => (width === 4 ? "vec4<f32>" : "f32");

function product(shader: Shader, spec: Gemm, tile: Tile, splits: number, width: Width): Dispatch {
  const { m, n, k, products, label, flops, bytes } = spec;
  const { rows, columns, depth, blockColumns, workgroup } = tile;
  const tilesDown = Math.ceil(m / rows);
  const tilesAcross = Math.ceil(n / columns);
  const run = Math.ceil(Math.ceil(k / splits) / depth) * depth;
  spec.a.declare(shader, "load_a");
  spec.b.declare(shader, "load_b");
  shader.declare(`var<workgroup> panel_a: array<vec4<f32>, ${(depth * rows) / 4}>;`);
  shader.declare(`var<workgroup> panel_b: array<vec4<f32>, ${(depth * columns) / 4}>;`);
  const body = `
let first_column = group % ${tilesAcross}u * ${columns}u;
let first_row = group / ${tilesAcross}u % ${tilesDown}u * ${rows}u;
let z = group / ${tilesAcross * tilesDown}u % ${products}u;
let split = group / ${tilesAcross * tilesDown * products}u;
let block_column = invocation % ${columns / blockColumns}u;
let block_row = invocation / ${columns / blockColumns}u;
${accumulators(tile)
  .map((name) => `var ${name} = vec4<f32>();`)
  .join("\n")}
let end = min((split + 1u) * ${run}u, ${k}u);
for (var k0 = split * ${run}u; k0 < end; k0 += ${depth}u) {
  for (var i = invocation; i < ${(depth * (rows + columns)) / 16}u; i += ${workgroup}u) {
    if (i < ${(depth * rows) / 16}u) {
      ${fillPanel("panel_a", "load_a", spec.a.along, rows, depth, "i", "first_row")}
    } else {
      let j = i - ${(depth * rows) / 16}u;
      ${fillPanel("panel_b", "load_b", spec.b.along, columns, depth, "j", "first_column")}
    }
  }
  workgroupBarrier();
  for (var kk = 0u; kk < ${depth}u; kk++) {
    ${multiplyAdd(tile)}
  }
  workgroupBarrier();
}
${storeTile(spec, tile, width, splits === 1 ? "finish(z" : "leave(split, z")}`;
  const groups = tilesAcross * tilesDown * products * splits;
  return shader.dispatch({ label, body, workgroup, groups, flops, bytes });
}

/** Loads a 4 × 4 block per step; panels hold vec4s along the outer axis for each k, so blocks along k are turned. */
function fillPanel(
  panel: string,
  load: string,
  along: Along,
  outer: number,
  depth: number,
  block: string,
  first: string,
): string {
  const pitch = outer / 4;
  const steps = [0, 1, 2, 3];
  if (along === "outer") {
    return `let o = ${block} % ${pitch}u;
      let q = ${block} / ${pitch}u * 4u;
      ${steps.map((s) => `${panel}[(q + ${s}u) * ${pitch}u + o] = ${load}(z, ${first} + o * 4u, k0 + q + ${s}u);`).join("\n      ")}`;
  }
  return `let q = ${block} % ${depth / 4}u * 4u;
      let o = ${block} / ${depth / 4}u;
      ${steps.map((s) => `let v${s} = ${load}(z, ${first} + o * 4u + ${s}u, k0 + q);`).join("\n      ")}
      ${steps.map((s) => `${panel}[(q + ${s}u) * ${pitch}u + o] = vec4<f32>(v0[${s}], v1[${s}], v2[${s}], v3[${s}]);`).join("\n      ")}`;
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** `acc_<row>_<vec4 column>` of the invocation's block. */
const accumulators = ({ blockRows, blockColumns }: Tile): string[] =>
  count(blockRows).flatMap((r) => count(blockColumns / 4).map((c) => `acc_${r}_${c}`));

/** An invocation's vec4s lie spread over the tile, so that neighbouring invocations read neighbouring words. */
const vectorRow = ({ rows, blockRows }: Tile, i: number): string => `block_row + ${(i * rows) / blockRows}u`;
const vectorColumn = ({ columns, blockColumns }: Tile, c: number): string =>
  `block_column + ${(c * columns) / blockColumns}u`;

function multiplyAdd(tile: Tile): string {
  const { rows, columns, blockRows, blockColumns } = tile;
  const lines = [];
  for (const i of count(blockRows / 4)) {
    lines.push(`let a${i} = panel_a[kk * ${rows / 4}u + ${vectorRow(tile, i)}];`);
  }
  for (const c of count(blockColumns / 4)) {
    lines.push(`let b${c} = panel_b[kk * ${columns / 4}u + ${vectorColumn(tile, c)}];`);
  }
  for (const r of count(blockRows)) {
    for (const c of count(blockColumns / 4)) {
      lines.push(`acc_${r}_${c} = fma(vec4<f32>(a${r >> 2}[${r & 3}]), b${c}, acc_${r}_${c});`);
    }
  }
  return lines.join("\n    ");
}

function storeTile({ m, n }: Gemm, tile: Tile, width: Width, call: string): string {
  const lines = [];
  for (const r of count(tile.blockRows)) {
    const row = `first_row + (${vectorRow(tile, r >> 2)}) * 4u + ${r & 3}u`;
    lines.push(`if (${row} < ${m}u) {`);
    for (const c of count(tile.blockColumns / 4)) {
      const column = `first_column + (${vectorColumn(tile, c)}) * 4u`;
      const acc = `acc_${r}_${c}`;
      lines.push(
        width === 4
          ? `if (${column} < ${n}u) { ${call}, ${row}, ${column}, ${acc}); }`
          : `for (var e = 0u; e < 4u && ${column} + e < ${n}u; e++) { ${call}, ${row}, ${column} + e, ${acc}[e]); }`,
      );
    }
    lines.push("}");
  }
  return lines.join("\n");
}

/** A split product leaves its part in scratch memory, [split, z, row, column]. */
function declareLeave(shader: Shader, spec: Gemm, splits: number, width: Width): void {
  const { products, m, n } = spec;
  const parts = shader.scratch(0, (splits * products * m * n) / width, typeOf(width), true);
  shader.declare(`
fn leave(split: u32, z: u32, row: u32, column: u32, acc: ${typeOf(width)}) {
  ${parts}[(((split * ${products}u + z) * ${m}u + row) * ${n}u + column) / ${width}u] = acc;
}`);
}

const PART_WORKGROUP = 64;

function addParts(shader: Shader, spec: Gemm, splits: number): Dispatch {
  const { products, m, n, label } = spec;
  const width = spec.finish(shader);
  const elements = products * m * n;
  const parts = shader.scratch(0, (splits * elements) / width, typeOf(width), false);
  const body = `
let i = group * ${PART_WORKGROUP}u + invocation;
if (i >= ${elements / width}u) { return; }
var acc = ${typeOf(width)}();
for (var split = 0u; split < ${splits}u; split++) { acc += ${parts}[split * ${elements / width}u + i]; }
let e = i * ${width}u;
finish(e / ${m * n}u, e / ${n}u % ${m}u, e % ${n}u, acc);`;
  const groups = Math.ceil(elements / width / PART_WORKGROUP);
  return shader.dispatch({ label, body, workgroup: PART_WORKGROUP, groups });
}
