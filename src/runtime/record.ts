/** Traces a function once and compiles what it recorded: what every call of one signature then executes. */
import { compile } from "../compile/compile.ts";
import type { Compilation, Leaf } from "../compile/plan.ts";
import { make } from "../graph/builder.ts";
import { is, type Node } from "../graph/node.ts";
import { feed, type ScalarSource, scalar, state as stateOp } from "../ops/sources.ts";
import type { CachedConstants } from "./constants.ts";
import type { Device } from "./device.ts";
import { type LeafSource, leafSource } from "./leaves.ts";
import { type BoundPlan, LoadedPlan } from "./loadedPlan.ts";
import { type Argument, isTensor } from "./signature.ts";
import type { State } from "./state.ts";
import { recordTrace, type Trace } from "./trace.ts";

/** What running the user's function gave: nodes to return, in order. */
export interface Traced<R> {
  readonly nodes: readonly Node[];
  readonly result: R;
}

/** A traced function, ready to be executed. */
export interface Recording<R> extends BoundPlan<LeafSource, ScalarSource> {
  readonly constants:
    | { readonly cached: CachedConstants; readonly leaves: readonly LeafSource[] }
    | undefined;
  /** The states that the plan writes. */
  readonly written: readonly State[];
  readonly numbers: readonly ArgumentNumber[];
  /** Run at every call, after its scalars were read: counters advance. */
  readonly advances: readonly (() => void)[];
  readonly result: R;
}

/** A number among the arguments: a scalar that each call sets. */
class ArgumentNumber implements ScalarSource {
  constructor(
    readonly index: number,
    public value: number,
  ) {}
}

/**
 * Records `fn` on nodes that stand for the arguments, and compiles that for `device`.
 * @throws the error of `fn`, after everything that the trace created is undone
 */
export function record<R>(
  trace: Trace,
  device: Device,
  args: readonly Argument[],
  fn: (inputs: readonly Argument[]) => Traced<R>,
): Recording<R> {
  try {
    const numbers: ArgumentNumber[] = [];
    const { nodes, result } = recordTrace(trace, () => fn(args.map((a, i) => placeholder(a, i, numbers))));
    const { plan, leaves, scalars, constantsPlan } = compileTrace(trace, nodes, device);
    const sourcesOf = (of: readonly Leaf[]) => of.map((leaf) => leafSource(leaf, trace));
    const sources = sourcesOf(leaves);
    const cached = constantsPlan && trace.constants?.cache(constantsPlan);
    return {
      loaded: new LoadedPlan(plan),
      leaves: sources,
      scalars,
      constants: cached && { cached, leaves: sourcesOf(constantsPlan.leaves) },
      written: plan.written.map((index) => (sources[index] as LeafSource & { kind: "state" }).state),
      numbers,
      advances: trace.advances,
      result,
    };
  } catch (error) {
    for (const undo of trace.undo.reverse()) undo();
    throw error;
  }
}

/** The trace's own leaf for an argument. */
function placeholder(argument: Argument, index: number, numbers: ArgumentNumber[]): Argument {
  if (typeof argument === "number") {
    const source = new ArgumentNumber(index, argument);
    numbers.push(source);
    return make(scalar, [], { source, dtype: "float32" });
  }
  if (!isTensor(argument)) return argument;
  const { shape, dtype } = argument;
  return make(feed, [], { index, shape, dtype });
}

function compileTrace(trace: Trace, nodes: readonly Node[], { target }: Device): Compilation {
  const assignments = [...trace.assigned].map(([state, value]) => ({
    destination: recordTrace(trace, () => entryRead(trace, state as State)),
    value,
  }));
  return compile(nodes, assignments, {
    target,
    isLeaf: (n) => n.op.kind === "memory" || (n.scope !== trace.scope && n.op !== scalar),
    isConstant: (n) => (is(n, stateOp) ? !trace.assigned.has(n.attrs.state) : !is(n, feed)),
    separate: trace.constants?.separate,
  });
}

/** The state as it is when the compiled function starts, also when it was only assigned. */
function entryRead(trace: Trace, state: State): Node {
  const known = trace.reads.get(state);
  if (known) return known;
  const node = make(stateOp, [], { shape: state.shape, dtype: state.dtype, state });
  trace.reads.set(state, node);
  return node;
}
