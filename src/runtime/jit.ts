/**
 * Compiled functions over node trees: traced once per signature, then replayed as one plan that updates states in
 * place. The user's `jit` (tensor/jit.ts) turns tensors into these leaves and back.
 */
import type { DType } from "../base/dtype.ts";
import { HeddleError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { feed, type ScalarSource, scalar, state as stateOp, stored } from "../ops/sources.ts";
import { explain } from "../plan/explain.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { type CompiledPlan, compiled, type Device } from "./device.ts";
import { currentDevice } from "./devices.ts";
import { enqueue, evaluate } from "./evaluate.ts";
import { isPromise } from "./queue.ts";
import type { State } from "./state.ts";
import { Storage } from "./storage.ts";
import { currentTrace, isTraining, outsideTrace, recordTrace, Trace } from "./trace.ts";

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

/** Where a plan's leaf comes from at each call. */
type LeafSource =
  | { readonly kind: "argument"; readonly index: number }
  | { readonly kind: "state"; readonly state: State }
  | { readonly kind: "captured"; readonly node: Node };

interface Entry<R> {
  readonly device: Device;
  readonly plan: CompiledPlan;
  readonly full: Plan;
  readonly leaves: readonly LeafSource[];
  readonly scalars: readonly ScalarSource[];
  readonly outputs: readonly { shape: Shape; dtype: DType }[];
  readonly advances: readonly (() => void)[];
  /** Current numbers of the arguments that are fed as scalars. */
  readonly numbers: Map<number, number>;
  readonly result: R;
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
  private readonly entries = new Map<string, Entry<R>>();
  private readonly inFlight: Promise<void>[] = [];
  private lastSignature = "";

  /** `trace` runs the user's function on nodes that stand for the arguments. */
  constructor(
    private readonly trace: (args: readonly Argument[]) => Traced<R>,
    private readonly options: CompiledOptions,
  ) {}

  /** Enqueues one execution; resolves to fresh nodes, in the order of the trace's, when it was enqueued. */
  async call(shape: string, args: readonly Argument[]): Promise<{ nodes: Node[]; result: R }> {
    const run = this.start(shape, args);
    if (isPromise(run.done as Promise<void>)) await run.done;
    const { error } = run;
    if (error()) throw error();
    await this.backPressure(run.entry.device);
    return { nodes: run.nodes, result: run.entry.result };
  }

  /** One execution on a device in this thread with nothing pending. */
  callSync(shape: string, args: readonly Argument[]): { nodes: Node[]; result: R } {
    if (!currentDevice().isUp || !currentDevice().queue.isIdle) {
      throw new HeddleError(
        this.options.name,
        'a synchronous call needs a wasm device that is up and idle: `await setDevice("wasm")` first',
      );
    }
    const run = this.start(shape, args);
    if (isPromise(run.done as Promise<void>))
      throw new HeddleError(this.options.name, "this device cannot answer synchronously");
    const error = run.error();
    if (error) throw error;
    return { nodes: run.nodes, result: run.entry.result };
  }

  /** The plan for these arguments in words. */
  explain(shape: string, args: readonly Argument[]): string {
    const entry = this.entry(shape, args);
    return explain(entry.full, entry.device.isUp ? entry.device.backend.info.adapter : entry.device.kind);
  }

  /** Frees the plans; a later call traces again. */
  dispose(): void {
    for (const { device, plan } of this.entries.values()) device.releasePlan(plan);
    this.entries.clear();
  }

  private start(shape: string, args: readonly Argument[]) {
    if (currentTrace()) {
      throw new HeddleError(
        "jit",
        `${this.options.name} was called inside a compiled function; use its inline(…) there`,
      );
    }
    const entry = this.entry(shape, args);
    const { device, plan } = entry;
    // Before the leaves are looked up: a tensor that shows a state about to be written gets memory of its own.
    const states = plan.written.map((index) => (entry.leaves[index] as { state: State }).state);
    for (const state of states) state.detachReaders();
    const leaves = this.leafStorages(entry, args);
    for (const state of states) state.storage.willBeWritten(device);
    args.forEach((a, i) => {
      if (typeof a === "number") entry.numbers.set(i, a);
    });
    const scalars = new Float64Array(entry.scalars.length);
    for (let i = 0; i < scalars.length; i++) scalars[i] = entry.scalars[i].value;
    for (const advance of entry.advances) advance();

    const outputs = entry.outputs.map(({ shape: s, dtype }) => pending(s, dtype, device, this.options.name));
    const probe = outputs[0] ?? pending([], "float32", device, this.options.name);
    const done = enqueue(device, leaves, outputs.length > 0 ? outputs : [probe], () =>
      device.execute(plan, leaves, outputs, scalars),
    );
    return { entry, done, nodes: outputs.map(storedNode), error: () => probe.error };
  }

  private leafStorages(entry: Entry<R>, args: readonly Argument[]): Storage[] {
    const lazy = entry.leaves.flatMap((leaf) => {
      const node =
        leaf.kind === "captured"
          ? leaf.node
          : leaf.kind === "argument"
            ? (args[leaf.index] as Node)
            : undefined;
      return node && !node.storage ? [node] : [];
    });
    evaluate(lazy);
    return entry.leaves.map((leaf) => {
      if (leaf.kind === "state") return leaf.state.storage;
      return (leaf.kind === "captured" ? leaf.node : (args[leaf.index] as Node)).storage as Storage;
    });
  }

  private entry(shape: string, args: readonly Argument[]): Entry<R> {
    const device = currentDevice();
    const training = this.options.training ?? isTraining();
    const signature = `${device.id} ${training} ${trainableVersion} ${shape} ${args.map(describe).join()}`;
    let entry = this.entries.get(signature);
    if (!entry) {
      entry = this.record(device, training, args);
      this.entries.set(signature, entry);
      if (this.entries.size === RETRACE_WARNING) {
        console.warn(
          `[jit] ${this.options.name} was traced ${RETRACE_WARNING} times; the last two signatures:\n  ${this.lastSignature}\n  ${signature}`,
        );
      }
      this.lastSignature = signature;
    }
    return entry;
  }

  private record(device: Device, training: boolean, args: readonly Argument[]): Entry<R> {
    const trace = new Trace(training);
    const numbers = new Map<number, number>();
    try {
      const inputs = recordTrace(trace, () => args.map((a, i) => placeholder(a, i, numbers)));
      args.forEach((a, i) => {
        if (typeof a === "number") numbers.set(i, a);
      });
      const { nodes, result } = recordTrace(trace, () => this.trace(inputs));
      const assignments = [...trace.assigned].map(([state, value]) => ({
        target: recordTrace(trace, () => entryRead(trace, state as State)),
        value,
      }));
      const isLeaf = (n: Node): boolean =>
        n.op.kind === "memory" || (n.scope !== trace.scope && n.op !== scalar);
      const full = compile(nodes, assignments, isLeaf, device.target);
      return {
        device,
        plan: compiled(full),
        full: { ...full, outputs: [], leaves: [] },
        leaves: full.leaves.map((n) => leafSource(n, trace)),
        scalars: full.scalars.map((s) => s.source),
        outputs: nodes.map(({ shape, dtype }) => ({ shape, dtype })),
        advances: trace.advances,
        numbers,
        result,
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

/** The state as it is when the compiled function starts, also when it was only assigned. */
function entryRead(trace: Trace, state: State): Node {
  const known = trace.reads.get(state);
  if (known) return known;
  const node = make(stateOp, [], { shape: state.shape, dtype: state.dtype, state });
  trace.reads.set(state, node);
  return node;
}

function leafSource(node: Node, trace: Trace): LeafSource {
  if (node.scope !== trace.scope) return { kind: "captured", node };
  if (node.op === feed) return { kind: "argument", index: (node.attrs as { index: number }).index };
  return { kind: "state", state: (node.attrs as { state: State }).state };
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
  if (typeof argument !== "object" || argument === null) return argument;
  return make(feed, [], { index, shape: argument.shape, dtype: argument.dtype });
}

function describe(argument: Argument): string {
  if (typeof argument === "object" && argument !== null) return `${argument.dtype}[${argument.shape}]`;
  return typeof argument === "number" ? "number" : (JSON.stringify(argument) ?? "undefined");
}

function pending(shape: Shape, dtype: DType, device: Device, origin: string): Storage {
  const storage = new Storage(shape, dtype, undefined, origin);
  storage.home = device;
  return storage;
}

/** A node that shows a storage. */
export function storedNode(storage: Storage): Node {
  const node = outsideTrace(() => make(stored, [], { shape: storage.shape, dtype: storage.dtype, storage }));
  node.storage = storage;
  return node;
}
