/**
 * Compiled functions over node trees: traced once per signature, then replayed as one plan that updates states in
 * place. The user's `jit` (tensor/jit.ts) turns tensors into these leaves and back.
 */
import { HeddleError } from "../base/errors.ts";
import type { Plan } from "../compile/plan.ts";
import type { Node } from "../graph/node.ts";
import type { ConstantSupport } from "./constants.ts";
import type { Device } from "./device.ts";
import { currentDevice } from "./devices.ts";
import { enqueue, pending } from "./evaluate.ts";
import { storagesOf } from "./leaves.ts";
import { type Recording, record, type Traced } from "./record.ts";
import {
  type Argument,
  type Call,
  hasSignature,
  type Signature,
  showSignature,
  signatureOf,
} from "./signature.ts";
import { storedNode } from "./storage.ts";
import { currentTrace, isTraining, Trace } from "./trace.ts";

/** Steps that may be enqueued on an asynchronous device before a call waits. */
const STEPS_IN_FLIGHT = 3;
/** Signatures after which a function that keeps retracing is reported. */
const RETRACE_WARNING = 8;

interface Entry<R> {
  readonly signature: Signature;
  readonly recording: Recording<R>;
}

/** Options of {@link Compiled}. */
interface CompiledOptions {
  /** Default: the mode in force at the call. */
  readonly training?: boolean | undefined;
  /** For messages. */
  readonly name: string;
  /** Folds and caches constants. Default: where a module that the function applies brings support for it. */
  readonly constants?: ConstantSupport | undefined;
}

export class Compiled<R> {
  /** Few, since the right one is found by comparing. */
  private readonly entries: Entry<R>[] = [];
  private readonly inFlight: Promise<void>[] = [];

  /** `trace` runs the user's function on nodes that stand for the arguments. */
  constructor(
    private readonly trace: (call: Call, inputs: readonly Argument[]) => Traced<R>,
    readonly options: CompiledOptions,
  ) {}

  /** Enqueues one execution; resolves to fresh nodes, in the order of the trace's, when it was enqueued. */
  async call(call: Call): Promise<{ nodes: Node[]; result: R }> {
    const { device, done, probe, nodes, result } = this.start(call);
    if (done) await done;
    if (probe.error) throw probe.error;
    await this.backPressure(device);
    return { nodes, result };
  }

  /** One execution on a device in this thread with nothing pending. */
  callSync(call: Call): { nodes: Node[]; result: R } {
    const device = currentDevice();
    if (!device.isUp || !device.queue.isIdle) {
      throw new HeddleError(
        this.options.name,
        'a synchronous call needs a wasm device that is up and idle: `await setDevice("wasm")` first',
      );
    }
    const { done, probe, nodes, result } = this.start(call);
    if (done) throw new HeddleError(this.options.name, "this device cannot answer synchronously");
    if (probe.error) throw probe.error;
    return { nodes, result };
  }

  /** The plans for these arguments, and the device that they were made for. */
  plans(call: Call): { plan: Plan; constantsPlan: Plan | undefined; device: Device } {
    const { signature, recording } = this.entry(call);
    const { plan } = recording.loaded;
    return { plan, constantsPlan: recording.constants?.cached.plan, device: signature.device };
  }

  /** Frees the plans; a later call traces again. */
  dispose(): void {
    for (const { signature, recording } of this.entries) {
      signature.device.releasePlan(recording.loaded);
      recording.constants?.cached.dispose(signature.device);
    }
    this.entries.length = 0;
  }

  private start(call: Call) {
    const { name } = this.options;
    if (currentTrace())
      throw new HeddleError("jit", `${name} was called inside a compiled function; use its inline(…) there`);
    const { signature, recording } = this.entry(call);
    const { device } = signature;
    const { loaded, written, constants, result } = recording;
    // Before the leaves are looked up: a tensor that shows a state about to be written gets memory of its own.
    for (const state of written) state.detachReaders();
    const fixed = constants
      ? constants.cached.refresh(device, storagesOf(constants.leaves, call.leaves), name)
      : [];
    const leaves = storagesOf(recording.leaves, call.leaves, fixed);
    for (const state of written) state.storage.willBeWritten(device);
    for (const number of recording.numbers) number.value = call.leaves[number.index] as number;
    const scalars = recording.scalars.map(({ value }) => value);
    for (const advance of recording.advances) advance();

    const outputs = loaded.plan.outputs.map((spec) => pending(spec, device, name));
    const probe = outputs[0] ?? pending({ shape: [], dtype: "float32" }, device, name);
    const done = enqueue(device, leaves, outputs.length > 0 ? outputs : [probe], () =>
      device.execute(loaded, leaves, outputs, scalars),
    );
    return { device, done, nodes: outputs.map(storedNode), probe, result };
  }

  private entry(call: Call): Entry<R> {
    const device = currentDevice();
    const training = this.options.training ?? isTraining();
    for (const entry of this.entries) {
      if (hasSignature(entry.signature, device, training, call)) return entry;
    }
    const signature = signatureOf(device, training, call);
    const trace = new Trace(training, this.options.constants);
    const recording = record(trace, device, call.leaves, (inputs) => this.trace(call, inputs));
    const entry = { signature, recording };
    this.entries.push(entry);
    if (this.entries.length === RETRACE_WARNING) {
      const [before, last] = this.entries.slice(-2).map((e) => showSignature(e.signature));
      console.warn(
        `[jit] ${this.options.name} was traced ${RETRACE_WARNING} times; the last two signatures:\n  ${before}\n  ${last}`,
      );
    }
    return entry;
  }

  /** Waits for an older step, so that a fast loop does not queue up work without bound. */
  private async backPressure(device: Device): Promise<void> {
    if (device.kind === "wasm" && device.queue.isIdle) return;
    this.inFlight.push(Promise.resolve(device.queue.run(() => undefined)).then(() => device.backend.idle()));
    if (this.inFlight.length > STEPS_IN_FLIGHT) await this.inFlight.shift();
  }
}
