/** A device at work: its queue, the slot arena that its plans share, and its cache of read plans. */

import type {
  Backend,
  BufferView,
  Claim,
  DeviceBuffer,
  DeviceKind,
  KernelTiming,
} from "../backends/types.ts";
import { HeddleError } from "../base/errors.ts";
import type { CompileTarget } from "../compile/plan.ts";
import { LruCache } from "../compile/structure.ts";
import type { LoadedPlan, ReadPlan } from "./loadedPlan.ts";
import { isPromise, Queue } from "./queue.ts";
import type { Holder, Storage } from "./storage.ts";

/** Composites that every backend has a kernel for. */
const CLAIMS: ReadonlySet<Claim> = new Set(["softmax", "logSoftmax"]);

/** Read plans cached per device. */
const CACHED_READS = 256;

let nextId = 1;

export class Device implements Holder {
  readonly id = nextId++;
  readonly queue = new Queue();
  readonly reads = new LruCache<ReadPlan>(CACHED_READS, ({ loaded }) => this.releasePlan(loaded));
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
    // Every use of the device rejects with the failure; a device that is never used must not raise an unhandled rejection.
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

  /** Allocates; if memory is short, frees the arena, which holds nothing between executions, and tries again. */
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
    loaded: LoadedPlan,
    leaves: readonly Storage[],
    outputs: readonly Storage[],
    scalars: ArrayLike<number>,
  ): void | Promise<void> {
    const waits: Promise<unknown>[] = [];
    for (const leaf of leaves) {
      const view = this.view(leaf);
      if (isPromise(view)) waits.push(view);
    }
    const { segment } = loaded.plan;
    if (!loaded.executable && segment.kernels.length > 0) {
      const executable = this.backend.compile(segment);
      if (isPromise(executable)) {
        waits.push(
          executable.then((compiled) => {
            loaded.executable = compiled;
          }),
        );
      } else loaded.executable = executable;
    }
    if (waits.length === 0) return this.start(loaded, leaves, outputs, scalars);
    return Promise.all(waits).then(() => this.start(loaded, leaves, outputs, scalars));
  }

  private start(
    loaded: LoadedPlan,
    leaves: readonly Storage[],
    outputs: readonly Storage[],
    scalars: ArrayLike<number>,
  ): void {
    const { places, written } = loaded.plan;
    for (const index of written) leaves[index].ownedBy(this);
    for (const output of outputs) this.allocate(output);
    this.bindSlots(loaded);
    const { views, executable } = loaded;
    for (let value = 0; value < places.length; value++) {
      const { kind, index } = places[value];
      if (kind === "leaf") views[value] = leaves[index].replicas.get(this)!;
      else if (kind === "output") views[value] = outputs[index].replicas.get(this)!;
    }
    if (executable)
      this.backend.execute(executable, views, scalars, this.timings, loaded.constantsChanged(leaves));
  }

  /** Fits the shared arena to the plan; the views change only when the arena did. */
  private bindSlots(loaded: LoadedPlan): void {
    const { slots, places, segment } = loaded.plan;
    this.fitArena(slots);
    if (loaded.arenaVersion === this.arenaVersion) return;
    places.forEach(({ kind, index }, value) => {
      if (kind !== "slot") return;
      loaded.views[value] = { buffer: this.arena[index], offset: 0, bytes: segment.values[value].size * 4 };
    });
    loaded.arenaVersion = this.arenaVersion;
  }

  private fitArena(slots: readonly number[], isEmpty = false): void {
    try {
      slots.forEach((bytes, slot) => {
        const buffer = this.arena[slot];
        if (buffer && buffer.bytes >= bytes) return;
        if (buffer) this.backend.free(buffer);
        // Should the larger allocation fail, the slot must not hold the freed buffer.
        delete this.arena[slot];
        this.arenaVersion++;
        this.arena[slot] = this.backend.alloc(Math.max(4, bytes));
      });
    } catch (error) {
      // Slots of other plans may hold the memory that this plan needs: free all, and try once more.
      this.freeArena();
      if (isEmpty) throw error;
      this.fitArena(slots, true);
    }
  }

  private freeArena(): void {
    for (const buffer of this.arena) if (buffer) this.backend.free(buffer);
    this.arena.length = 0;
    this.arenaVersion++;
  }

  releasePlan(loaded: LoadedPlan): void {
    if (this.isClosed) return;
    void this.queue.run(() => {
      if (loaded.executable) this.running?.release(loaded.executable);
      loaded.executable = undefined;
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
