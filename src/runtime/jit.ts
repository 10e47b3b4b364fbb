/**
 * Compiled functions over node trees: traced once per signature, then replayed as one plan that updates states in
 * place. The user's `jit` (tensor/jit.ts) turns tensors into these leaves and back.
 */
import { HeddleError } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { compile } from "../compile/compile.ts";
import { explain } from "../compile/explain.ts";
import type { Plan } from "../compile/plan.ts";
import { make } from "../graph/builder.ts";
import type { Node, Spec } from "../graph/node.ts";
import { feed, type ScalarSource, scalar, state as stateOp } from "../ops/sources.ts";
import { constantSupport, type Kept } from "./constants.ts";
import { type CompiledPlan, compiled, type Device } from "./device.ts";
import { currentDevice } from "./devices.ts";
import { enqueue, evaluate, pending } from "./evaluate.ts";
import type { State } from "./state.ts";
import { type Storage, storedNode } from "./storage.ts";
import { currentTrace, isTraining, recordTrace, Trace } from "./trace.ts";

/** Steps that may be enqueued on an asynchronous device before a call waits. */
const STEPS_IN_FLIGHT = 3;
/** Signatures after which a function that keeps retracing is reported. */
const RETRACE_WARNING = 8;

/** An argument leaf: a tensor's node or a number, fed at each call; strings, booleans and null are static. */
export type Argument = Node | number | string | boolean | null | undefined;

/** What running `fn` gave: nodes to return, in order. */
export interface Traced<R> {
  readonly nodes: readonly Node[];
  readonly result: R;
}

/** Where a plan's leaf comes from at each call: a state, a captured node, or the argument of an index. */
type LeafSource = State | Node | number;

/** A tensor's shape and dtype, any number for a number, a static value itself. */
type Kind = Spec | Exclude<Argument, Node>;

/** What a plan is compiled for. */
interface Signature {
  readonly device: Device;
  readonly training: boolean;
  /** `trainableVersion` when it was traced. */
  readonly trainable: number;
  /** Of the tree of arguments. */
  readonly structure: string;
  readonly kinds: readonly Kind[];
}

interface Entry<R> extends Signature {
  readonly plan: CompiledPlan;
  readonly full: Plan;
  readonly leaves: readonly LeafSource[];
  /** The states among the leaves that the plan writes. */
  readonly written: readonly State[];
  readonly scalars: readonly ScalarSource[];
  readonly outputs: readonly Spec[];
  readonly advances: readonly (() => void)[];
  /** Current numbers of the arguments that are fed as scalars. */
  readonly numbers: Map<number, number>;
  readonly result: R;
  readonly setup?: { readonly values: Kept; readonly leaves: readonly LeafSource[] };
}

export interface CompiledOptions {
  training: boolean | undefined;
  name: string;
}

/** Bumped when parameters are frozen or unfrozen: what was traced before no longer holds. */
let trainableVersion = 0;
export const trainableChanged = (): void => {
  trainableVersion++;
};

export class Compiled<R> {
  /** Few, since one is looked for by comparing: no call makes a string. */
  private readonly entries: Entry<R>[] = [];
  private readonly inFlight: Promise<void>[] = [];

  /** `trace` runs the user's function on nodes that stand for the arguments. */
  constructor(
    private readonly trace: (args: readonly Argument[]) => Traced<R>,
    private readonly options: CompiledOptions,
  ) {}

  /** Enqueues one execution; resolves to fresh nodes, in the order of the trace's, when it was enqueued. */
  async call(structure: string, args: readonly Argument[]): Promise<{ nodes: Node[]; result: R }> {
    const { entry, done, probe, nodes } = this.start(structure, args);
    if (done) await done;
    if (probe.error) throw probe.error;
    await this.backPressure(entry.device);
    return { nodes, result: entry.result };
  }

  /** One execution on a device in this thread with nothing pending. */
  callSync(structure: string, args: readonly Argument[]): { nodes: Node[]; result: R } {
    const device = currentDevice();
    if (!device.isUp || !device.queue.isIdle) {
      throw new HeddleError(
        this.options.name,
        'a synchronous call needs a wasm device that is up and idle: `await setDevice("wasm")` first',
      );
    }
    const { entry, done, probe, nodes } = this.start(structure, args);
    if (done) throw new HeddleError(this.options.name, "this device cannot answer synchronously");
    if (probe.error) throw probe.error;
    return { nodes, result: entry.result };
  }

  /** The plan for these arguments in words. */
  explain(structure: string, args: readonly Argument[]): string {
    const { device, full } = this.entry(structure, args);
    return explain(full, device.isUp ? device.backend.info.adapter : device.kind);
  }

  /** Frees the plans; a later call traces again. */
  dispose(): void {
    for (const { device, plan, setup } of this.entries) {
      device.releasePlan(plan);
      setup?.values.dispose(device);
    }
    this.entries.length = 0;
  }

  private start(structure: string, args: readonly Argument[]) {
    const { name } = this.options;
    if (currentTrace())
      throw new HeddleError("jit", `${name} was called inside a compiled function; use its inline(…) there`);
    const entry = this.entry(structure, args);
    const { device, plan, written, numbers, setup } = entry;
    // Before the leaves are looked up: a tensor that shows a state about to be written gets memory of its own.
    for (const state of written) state.detachReaders();
    const leaves = leafStorages(entry.leaves, args);
    if (setup) leaves.push(...setup.values.refresh(device, leafStorages(setup.leaves, args), name));
    for (const state of written) state.storage.willBeWritten(device);
    for (let i = 0; i < args.length; i++) {
      const argument = args[i];
      if (typeof argument === "number") numbers.set(i, argument);
    }
    const scalars = entry.scalars.map(({ value }) => value);
    for (const advance of entry.advances) advance();

    const outputs = entry.outputs.map((spec) => pending(spec, device, name));
    const probe = outputs[0] ?? pending({ shape: [], dtype: "float32" }, device, name);
    const done = enqueue(device, leaves, outputs.length > 0 ? outputs : [probe], () =>
      device.execute(plan, leaves, outputs, scalars),
    );
    return { entry, done, nodes: outputs.map(storedNode), probe };
  }

  private entry(structure: string, args: readonly Argument[]): Entry<R> {
    const device = currentDevice();
    const training = this.options.training ?? isTraining();
    for (const entry of this.entries) {
      const isSame =
        entry.device === device &&
        entry.training === training &&
        entry.trainable === trainableVersion &&
        entry.structure === structure;
      if (isSame && entry.kinds.every((kind, i) => isOf(kind, args[i]))) return entry;
    }
    const signature = { device, training, trainable: trainableVersion, structure, kinds: args.map(kindOf) };
    const entry = this.record(signature, args);
    this.entries.push(entry);
    if (this.entries.length === RETRACE_WARNING) {
      const [before, last] = this.entries.slice(-2).map(showSignature);
      console.warn(
        `[jit] ${this.options.name} was traced ${RETRACE_WARNING} times; the last two signatures:\n  ${before}\n  ${last}`,
      );
    }
    return entry;
  }

  private record(signature: Signature, args: readonly Argument[]): Entry<R> {
    const trace = new Trace(signature.training);
    const numbers = new Map<number, number>();
    try {
      const inputs = recordTrace(trace, () => args.map((a, i) => placeholder(a, i, numbers)));
      args.forEach((a, i) => {
        if (typeof a === "number") numbers.set(i, a);
      });
      const { nodes, result } = recordTrace(trace, () => this.trace(inputs));
      const assignments = [...trace.assigned].map(([state, value]) => ({
        destination: recordTrace(trace, () => entryRead(trace, state as State)),
        value,
      }));
      const isLeaf = (n: Node): boolean =>
        n.op.kind === "memory" || (n.scope !== trace.scope && n.op !== scalar);
      const isConstant = (n: Node): boolean =>
        n.op === stateOp ? !trace.assigned.has((n.attrs as { state: State }).state) : n.op !== feed;
      const support = constantSupport();
      const full = compile(
        nodes,
        assignments,
        isLeaf,
        signature.device.target,
        isConstant,
        support?.separate,
      );
      const sourcesOf = (plan: Plan): LeafSource[] => plan.leaves.map((n) => leafSource(n, trace));
      const leaves = sourcesOf(full);
      return {
        ...signature,
        plan: compiled(full),
        full: withoutGraph(full),
        leaves,
        written: full.written.map((index) => leaves[index] as State),
        scalars: full.scalars.map((s) => s.source),
        outputs: nodes.map(({ shape, dtype }) => ({ shape, dtype })),
        advances: trace.advances,
        numbers,
        result,
        setup: full.setup && { values: support!.keep(full.setup), leaves: sourcesOf(full.setup) },
      };
    } catch (error) {
      for (const undo of trace.undo.reverse()) undo();
      throw error;
    }
  }

  /** Waits for an older step, so that a fast loop does not queue up work without bound. */
  private async backPressure(device: Device): Promise<void> {
    if (device.kind === "wasm" && device.queue.isIdle) return;
    this.inFlight.push(Promise.resolve(device.queue.run(() => undefined)).then(() => device.backend.idle()));
    if (this.inFlight.length > STEPS_IN_FLIGHT) await this.inFlight.shift();
  }
}

/** What is left to explain. */
const withoutGraph = (plan: Plan): Plan => ({
  ...plan,
  outputs: [],
  leaves: [],
  setup: plan.setup && withoutGraph(plan.setup),
});

/** The state as it is when the compiled function starts, also when it was only assigned. */
function entryRead(trace: Trace, state: State): Node {
  const known = trace.reads.get(state);
  if (known) return known;
  const node = make(stateOp, [], { shape: state.shape, dtype: state.dtype, state });
  trace.reads.set(state, node);
  return node;
}

function leafSource(node: Node, trace: Trace): LeafSource {
  if (node.scope !== trace.scope) return node;
  const { index, state } = node.attrs as { index: number; state: State };
  return node.op === feed ? index : state;
}

/** The trace's own leaf for an argument. */
function placeholder(argument: Argument, index: number, numbers: Map<number, number>): Argument {
  if (typeof argument === "number") {
    const source: ScalarSource = {
      get value() {
        return numbers.get(index)!;
      },
    };
    return make(scalar, [], { source, dtype: "float32" });
  }
  return isSpec(argument)
    ? make(feed, [], { index, shape: argument.shape, dtype: argument.dtype })
    : argument;
}

/** The nodes' storages; what is not computed yet is enqueued first. */
function leafStorages(leaves: readonly LeafSource[], args: readonly Argument[]): Storage[] {
  const sources = leaves.map((leaf) => (typeof leaf === "number" ? (args[leaf] as Node) : leaf));
  const lazy = sources.filter((source) => !source.storage);
  if (lazy.length > 0) evaluate(lazy as Node[]);
  return sources.map(({ storage }) => storage as Storage);
}

const isSpec = (kind: Kind): kind is Spec => typeof kind === "object" && kind !== null;

/** Without the graph behind a tensor, so that an entry keeps nothing alive. */
function kindOf(argument: Argument): Kind {
  return isSpec(argument) ? { shape: argument.shape, dtype: argument.dtype } : argument;
}

function isOf(kind: Kind, argument: Argument): boolean {
  if (typeof argument === "number") return typeof kind === "number";
  if (!isSpec(argument)) return kind === argument;
  return isSpec(kind) && kind.dtype === argument.dtype && sameShape(kind.shape, argument.shape);
}

function showSignature({ device, training, trainable, structure, kinds }: Signature): string {
  return `${device.id} ${training} ${trainable} ${structure} ${kinds.map(describe).join()}`;
}

function describe(kind: Kind): string {
  if (isSpec(kind)) return `${kind.dtype}[${kind.shape}]`;
  return typeof kind === "number" ? "number" : (JSON.stringify(kind) ?? "undefined");
}
