/** A case on the float64 reference: its values, its gradients, and both against finite differences. */
import { sizeOf } from "../../src/base/shape.ts";
import { make } from "../../src/graph/builder.ts";
import type { Node } from "../../src/graph/node.ts";
import { evaluate } from "../../src/kernel/reference/evaluate.ts";
import { core } from "../../src/ops/core.ts";
import { feed } from "../../src/ops/sources.ts";
import { gradients } from "../../src/passes/grad.ts";
import { type Case, type H, inputsOf, seedPattern } from "./case.ts";
import { tensorOf } from "./tensor.ts";
import { difference } from "./tolerance.ts";

type Numbers = ArrayLike<number>;

/** A case recorded over feeds: the inputs, then the output's gradient. */
interface Recording {
  readonly feeds: readonly Node[];
  readonly output: Node;
  readonly wrt: readonly Node[];
  /** One for each of `wrt`. */
  readonly gradients: readonly Node[];
  /** What to feed. */
  readonly values: readonly Numbers[];
}

const feedOf = (node: Pick<Node, "shape" | "dtype">, index: number): Node =>
  make(feed, [], { shape: node.shape, dtype: node.dtype, index });

const zerosLike = (node: Node): Node => core.full(0, node.shape);

export function record(h: H, c: Case): Recording {
  const inputs = c.inputs.map(feedOf);
  const output = c.run(h, ...inputs.map((node) => tensorOf(h, node))).node;
  const wrt = output.dtype === "float32" ? c.differentiable.map((i) => inputs[i]) : [];
  const seed = feedOf(output, inputs.length);
  const found = wrt.length > 0 ? gradients(output, wrt, seed) : [];
  return {
    feeds: [...inputs, seed],
    output,
    wrt,
    gradients: found.map((node, i) => node ?? zerosLike(wrt[i])),
    values: [...inputsOf(c), seedPattern(sizeOf(output.shape))],
  };
}

function run({ feeds }: Recording, roots: readonly Node[], values: readonly Numbers[]): Float64Array[] {
  return evaluate(roots, (leaf) => values[feeds.indexOf(leaf)]);
}

/** The values of the output and of the gradients. */
export function referenceOf(r: Recording): { output: Float64Array; gradients: Float64Array[] } {
  const [output, ...rest] = run(r, [r.output, ...r.gradients], r.values);
  return { output, gradients: rest };
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
  const total = terms.reduce((sum, term) => core.add(sum, core.sum(term)), core.scalar(0));
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
  const seed = r.feeds[r.feeds.length - 1];
  const first = probe(r, [core.mul(r.output, seed)], r.wrt, r.gradients);
  if (first || c.order === 1) return first ? [`finite differences: ${first}`] : [];

  const terms = r.gradients.map((g) => core.mul(g, pattern(g)));
  const total = terms.reduce((sum, term) => core.add(sum, core.sum(term)), core.scalar(0));
  const wrt = [...r.wrt, seed];
  const second = gradients(total, wrt).map((node, i) => node ?? zerosLike(wrt[i]));
  const problem = probe(r, terms, wrt, second);
  return problem ? [`finite differences of the gradient: ${problem}`] : [];
}

/** Fixed weights of a gradient's elements, so that errors do not cancel: 0.5, 0.75, 1, 1.25, 0.5, … */
function pattern(like: Node): Node {
  const index = core.reshape(core.iota([sizeOf(like.shape)], 0), like.shape);
  return core.add(core.mul(core.cast(core.binary("rem", index, 4), "float32"), 0.25), 0.5);
}
