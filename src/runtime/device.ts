/** A device at work: its queue, the slot arena that its plans share, and its cache of read plans. */

import type {
  Backend,
  BufferView,
  Claim,
  DeviceBuffer,
  DeviceKind,
  Executable,
  KernelTiming,
} from "../backends/types.ts";
import { HeddleError } from "../base/errors.ts";
import type { Binding, CompileTarget, Plan } from "../compile/plan.ts";
import { LruCache } from "../compile/structure.ts";
import type { Segment } from "../kernel/types.ts";
import { isPromise, Queue } from "./queue.ts";
import type { Holder, Storage } from "./storage.ts";

/** Composites that every backend has a kernel for. */
const CLAIMS: ReadonlySet<Claim> = new Set(["softmax", "logSoftmax"]);

/** Read plans kept per device. */
const CACHED_READS = 256;

/** A plan without its graph, ready to run again and again. */
export interface CompiledPlan {
  readonly segment: Segment;
  readonly bindings: readonly Binding[];
  readonly slots: readonly number[];
  /** Indices of leaves that it writes. */
  readonly written: readonly number[];
  /** Indices of leaves that change seldom, and what their memory held at the last execution. */
  readonly constants: readonly number[];
  readonly contents: Float64Array;
  executable: Executable | undefined;
  /** Reused by every execution. */
  readonly bind: BufferView[];
  /** Of the arena when `bind` was filled. */
  arenaVersion: number;
}

export function compiled({ segment, bindings, slots, written, constants }: Plan): CompiledPlan {
  const contents = new Float64Array(constants.length);
  const memory = { executable: undefined, bind: [], arenaVersion: -1 };
  return { segment, bindings, slots, written, constants, contents, ...memory };
}

/** A cached read: where the leaves and scalars of an equal graph stand in its order. */
export interface ReadPlan {
  readonly plan: CompiledPlan;
  readonly leaves: readonly number[];
  readonly scalars: readonly number[];
}

let nextId = 1;

export class Device implements Holder {
  readonly id = nextId++;
  readonly queue = new Queue();
  readonly reads = new LruCache<ReadPlan>(CACHED_READS, ({ plan }) => this.releasePlan(plan));
  /** Collects kernel times while set. */
  timings: KernelTiming[] | undefined;
  private running: Backend | undefined;
  private readonly arena: DeviceBuffer[] = [];
  private arenaVersion = 0;
  /** Resolves when the backend is up. */
  readonly ready: Promise<Backend>;
  private isClosed = false;
  private failure: unknown;

  constructor(
    readonly kind: DeviceKind,
    start: () => Promise<Backend>,
  ) {
    const starting = this.queue.run(async () => {
      try {
        this.running = await start();
        return this.running;
      } catch (cause) {
        this.failure = cause;
        throw cause;
      }
    });
    this.ready = Promise.resolve(starting);
    // Whoever needs the device sees the failure; the queue itself must not raise an unhandled rejection.
    this.ready.catch(() => {});
  }

  get backend(): Backend {
    if (this.running && !this.isClosed) return this.running;
    if (this.failure) throw this.failure;
    throw new HeddleError("device", `${this.kind} ${this.isClosed ? "was closed" : "is not up yet"}`);
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  /** What plans for this device may assume; known once it is up, cautious before. */
  get target(): CompileTarget {
    return { claims: this.running?.claims ?? CLAIMS, bindings: this.running?.info.limits.bindings ?? 8 };
  }

  /** Enqueues freeing, behind everything that may still use the memory. */
  release({ buffer }: BufferView): void {
    if (this.isClosed) return;
    if (this.queue.isIdle) this.running?.free(buffer);
    else void this.queue.run(() => this.running?.free(buffer));
  }

  /** The device's replica of a value; uploads or transfers it where it is missing. */
  view(storage: Storage): BufferView | Promise<BufferView> {
    if (storage.error) throw storage.error;
    const known = storage.replicas.get(this);
    if (known) return known;
    if (storage.host) return this.upload(storage);
    const home = storage.home === this ? storage.homeBefore : storage.home;
    if (!(home instanceof Device)) throw new HeddleError("tensor", "was disposed; its value is gone");
    const host = new Uint8Array(storage.bytes);
    const fetched = home.queue.run(() => {
      if (storage.error) throw storage.error;
      return home.backend.download(storage.replicas.get(home)!, host);
    });
    return Promise.resolve(fetched).then(() => {
      const target = this.allocate(storage);
      this.backend.upload(target, host);
      return target;
    });
  }

  private upload(storage: Storage): BufferView {
    const view = this.allocate(storage);
    if (storage.bytes > 0) this.backend.upload(view, storage.host!);
    // The device owns the value now; keeping the array as well would double the memory.
    storage.host = undefined;
    return view;
  }

  /** Memory for a value that is about to be written here. */
  allocate(storage: Storage): BufferView {
    const view = { buffer: this.alloc(Math.max(4, storage.bytes)), offset: 0, bytes: storage.bytes };
    storage.replicas.set(this, view);
    storage.home = this;
    return view;
  }

  /** The arena holds nothing between executions: where memory is short it gives way. */
  private alloc(bytes: number): DeviceBuffer {
    try {
      return this.backend.alloc(bytes);
    } catch (error) {
      if (this.arena.length === 0) throw error;
      this.freeArena();
      return this.backend.alloc(bytes);
    }
  }

  /** Runs a plan; `leaves` and `outputs` are its values in memory, by index. */
  execute(
    plan: CompiledPlan,
    leaves: readonly Storage[],
    outputs: readonly Storage[],
    scalars: ArrayLike<number>,
  ): void | Promise<void> {
    const waits: Promise<unknown>[] = [];
    for (const leaf of leaves) {
      const view = this.view(leaf);
      if (isPromise(view)) waits.push(view);
    }
    if (!plan.executable && plan.segment.kernels.length > 0) {
      const executable = this.backend.compile(plan.segment);
      if (isPromise(executable)) {
        waits.push(
          executable.then((e) => {
            plan.executable = e;
          }),
        );
      } else plan.executable = executable;
    }
    if (waits.length === 0) return this.start(plan, leaves, outputs, scalars);
    return Promise.all(waits).then(() => this.start(plan, leaves, outputs, scalars));
  }

  private start(
    plan: CompiledPlan,
    leaves: readonly Storage[],
    outputs: readonly Storage[],
    scalars: ArrayLike<number>,
  ): void {
    for (const index of plan.written) leaves[index].ownedBy(this);
    for (const output of outputs) this.allocate(output);
    this.bindSlots(plan);
    const { bindings, bind } = plan;
    for (let value = 0; value < bindings.length; value++) {
      const binding = bindings[value];
      if (binding.kind === "leaf") bind[value] = leaves[binding.leaf].replicas.get(this)!;
      else if (binding.kind === "output") bind[value] = outputs[binding.output].replicas.get(this)!;
    }
    const { executable } = plan;
    if (executable)
      this.backend.execute(executable, plan.bind, scalars, this.timings, noteContents(plan, leaves));
  }

  /** Fits the shared arena to the plan; the views change only when the arena did. */
  private bindSlots(plan: CompiledPlan): void {
    this.fitArena(plan.slots);
    if (plan.arenaVersion === this.arenaVersion) return;
    plan.bindings.forEach((binding, value) => {
      if (binding.kind !== "slot") return;
      const bytes = plan.segment.values[value].size * 4;
      plan.bind[value] = { buffer: this.arena[binding.slot], offset: 0, bytes };
    });
    plan.arenaVersion = this.arenaVersion;
  }

  private fitArena(slots: readonly number[], isEmpty = false): void {
    try {
      slots.forEach((bytes, slot) => {
        const handle = this.arena[slot];
        if (handle && handle.bytes >= bytes) return;
        if (handle) this.backend.free(handle);
        // Should there be no memory for a larger one, the slot is empty and not the freed one.
        delete this.arena[slot];
        this.arenaVersion++;
        this.arena[slot] = this.backend.alloc(Math.max(4, bytes));
      });
    } catch (error) {
      // What other plans needed may be in the way of this one; what this one got would be in the way of others.
      this.freeArena();
      if (isEmpty) throw error;
      this.fitArena(slots, true);
    }
  }

  private freeArena(): void {
    for (const handle of this.arena) if (handle) this.backend.free(handle);
    this.arena.length = 0;
    this.arenaVersion++;
  }

  releasePlan(plan: CompiledPlan): void {
    if (this.isClosed) return;
    void this.queue.run(() => {
      if (plan.executable) this.running?.release(plan.executable);
      plan.executable = undefined;
    });
  }

  /** Ends the device behind everything enqueued; later use is an error. */
  async close(): Promise<void> {
    await this.queue.run(() => {
      this.isClosed = true;
      this.running?.close();
    });
  }
}

/** Whether a constant has another value than at the last execution. */
function noteContents({ constants, contents }: CompiledPlan, leaves: readonly Storage[]): boolean {
  let changed = false;
  for (let i = 0; i < constants.length; i++) {
    const { content } = leaves[constants[i]];
    if (contents[i] === content) continue;
    contents[i] = content;
    changed = true;
  }
  return changed;
}
