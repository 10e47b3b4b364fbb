/** A case on the float64 reference: its values, its gradients, and both against finite differences. */
import { sizeOf } from "../../src/base/shape.ts";
import { make } from "../../src/graph/builder.ts";
import type { Node } from "../../src/graph/node.ts";
import { evaluate } from "../../src/kernel/reference/evaluate.ts";
import { core } from "../../src/ops/core.ts";
import { feed } from "../../src/ops/sources.ts";
import type { Storage } from "../../src/runtime/storage.ts";
import { gradients } from "../../src/tensor/transforms/gradients.ts";
import { type Case, type H, inputsOf, seedPattern, weightPattern } from "./case.ts";
import { tensorOf } from "./tensor.ts";
import { difference } from "./tolerance.ts";

type Numbers = ArrayLike<number>;

/** A case recorded over feeds: the inputs, the output's gradient, weights for the gradients. */
export interface Recording {
  readonly feeds: readonly Node[];
  readonly output: Node;
  readonly wrt: readonly Node[];
  /** One for each of `wrt`. */
  readonly gradients: readonly Node[];
  /** The gradients, weighted: what is summed and differentiated again, where the case is smooth. */
  readonly terms: readonly Node[];
  /** Of their sum, one for each of `wrt` and one for the output's gradient. */
  readonly second: readonly Node[];
  /** Values of the feeds. */
  readonly values: readonly Numbers[];
}

const feedOf = (node: Pick<Node, "shape" | "dtype">, index: number): Node =>
  make(feed, [], { shape: node.shape, dtype: node.dtype, index });

const zerosLike = (node: Node): Node => core.full(0, node.shape);

const sumOf = (terms: readonly Node[]): Node =>
  terms.reduce((sum, term) => core.add(sum, core.sum(term)), core.scalar(0));

export function record(h: H, c: Case): Recording {
  const inputs = c.inputs.map(feedOf);
  const output = c.run(h, ...inputs.map((node) => tensorOf(h, node))).node;
  const wrt = output.dtype === "float32" ? c.differentiable.map((i) => inputs[i]) : [];
  const seed = feedOf(output, inputs.length);
  const found = wrt.length > 0 ? gradients(output, wrt, seed) : [];
  const first = found.map((node, i) => node ?? zerosLike(wrt[i]));

  const weights = c.order === 2 ? first.map((g, i) => feedOf(g, inputs.length + 1 + i)) : [];
  const terms = weights.map((w, i) => core.mul(first[i], w));
  const both = [...wrt, seed];
  const again = terms.length > 0 ? gradients(sumOf(terms), both) : [];
  return {
    feeds: [...inputs, seed, ...weights],
    output,
    wrt,
    gradients: first,
    terms,
    second: again.map((node, i) => node ?? zerosLike(both[i])),
    values: [
      ...inputsOf(c),
      seedPattern(sizeOf(output.shape)),
      ...weights.map((w) => weightPattern(sizeOf(w.shape))),
    ],
  };
}

function run({ feeds }: Recording, roots: readonly Node[], values: readonly Numbers[]): Float64Array[] {
  return evaluate(roots, (leaf) => values[feeds.indexOf(leaf)] ?? (leaf.storage as Storage).host);
}

/** Values of a case, or of its parts. */
export interface Results {
  readonly output: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
  readonly second: readonly ArrayLike<number>[];
}

/** In float64. */
export function referenceOf(r: Recording): Results {
  const [output, ...rest] = run(r, [r.output, ...r.gradients, ...r.second], r.values);
  const count = r.gradients.length;
  return { output, gradients: rest.slice(0, count), second: rest.slice(count) };
}

const STEP = 1e-5;
/** Of the central difference, whose own error is some 1e-10 of the function's third derivative. */
const ACCURACY = { relative: 1e-5, absolute: 1e-6 };
/** Elements of each input that are probed. */
const PROBES = 24;

/** Checks `derivatives` of the sum of `terms` by `wrt` against central differences; returns what is wrong. */
function probe(
  r: Recording,
  terms: readonly Node[],
  wrt: readonly Node[],
  derivatives: readonly Node[],
): string | undefined {
  const total = sumOf(terms);
  const exact = run(r, derivatives, r.values);
  for (const [i, node] of wrt.entries()) {
    const position = r.feeds.indexOf(node);
    const at = (element: number, by: number): number => {
      const moved = Float64Array.from(r.values[position]);
      moved[element] += by;
      return run(r, [total], r.values.with(position, moved))[0][0];
    };
    const size = sizeOf(node.shape);
    const elements = Array.from({ length: Math.min(size, PROBES) }, (_, k) =>
      Math.floor((k * size) / Math.min(size, PROBES)),
    );
    const slopes = elements.map((e) => (at(e, STEP) - at(e, -STEP)) / (2 * STEP));
    const problem = difference(
      elements.map((e) => exact[i][e]),
      slopes,
      { ...ACCURACY, absolute: ACCURACY.absolute + 1e-6 / Math.max(1e-3, ...slopes.map(Math.abs)) },
    );
    if (problem) return `input ${position}, probe ${problem}`;
  }
  return undefined;
}

/** Finite differences of the output and, where the case is smooth, of its gradients (also by the output's gradient). */
export function checkDerivatives(c: Case, r: Recording): string[] {
  if (r.wrt.length === 0 || c.order === 0) return [];
  const seed = r.feeds[c.inputs.length];
  const first = probe(r, [core.mul(r.output, seed)], r.wrt, r.gradients);
  if (first || c.order === 1) return first ? [`finite differences: ${first}`] : [];
  const second = probe(r, r.terms, [...r.wrt, seed], r.second);
  return second ? [`finite differences of the gradient: ${second}`] : [];
}
