/**
 * Values in memory: a host copy, a replica per device, or both. One that is dropped without `dispose()` is freed after
 * garbage collection; telling the collector costs as much as a small plan does, so a value is registered when it
 * outlives the task that made it.
 */
import type { BufferView } from "../backends/types.ts";
import { BYTES_PER_ELEMENT, type DType, type HostArray } from "../base/dtype.ts";
import type { HeddleError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { Node } from "../graph/node.ts";
import { stored } from "../ops/sources.ts";

/** An owner of replicas; implemented by the runtime's Device. */
export interface Holder {
  release(view: BufferView): void;
}

/** The memory of a value by device: it outlives a dropped Storage until it is freed. */
type Replicas = Map<Holder, BufferView>;

/** Frees all replicas but that of `except`. */
function release(replicas: Replicas, except?: Holder): void {
  for (const [holder, view] of replicas) {
    if (holder === except) continue;
    holder.release(view);
    replicas.delete(holder);
  }
}

/** Values that outlived their task. */
const registered = new Map<Replicas, WeakRef<Storage>>();

const registry = new FinalizationRegistry<Replicas>((replicas) => {
  registered.delete(replicas);
  release(replicas);
});

/** Values made in this task and not disposed, each at its `place`. */
const young: Storage[] = [];
let isScheduled = false;

function keepYoung(storage: Storage): number {
  if (!isScheduled) queueMicrotask(registerYoung);
  isScheduled = true;
  return young.push(storage) - 1;
}

function registerYoung(): void {
  isScheduled = false;
  for (const storage of young) storage.register();
  young.length = 0;
}

let nextVersion = 1;

export class Storage {
  readonly bytes: number;
  /** Number of the value in program order; no other storage has the same. */
  version = nextVersion++;
  /** Number of the content in memory: changes when a step that writes it runs, which is later on a device with a queue. */
  content = this.version;
  readonly replicas: Replicas = new Map();
  /** Why the value will never come. */
  error: HeddleError | undefined;
  isDisposed = false;
  /** The device that computes or holds it, even before its execution has run. */
  home: Holder | undefined;
  /** Where a device that is about to write the value has to fetch it from. */
  homeBefore: Holder | undefined;
  /** False once a step that will write the value is enqueued. */
  hostIsCurrent = true;
  private pins = 0;
  /** In `young`, or −1. */
  private place: number;

  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    /** Waits here until a device needs it. */
    public host: HostArray | undefined,
    /** The layer, parameter or op that made it. */
    readonly origin: string,
  ) {
    this.bytes = sizeOf(shape) * BYTES_PER_ELEMENT;
    this.place = keepYoung(this);
  }

  /** @internal From now on its memory is freed after garbage collection. */
  register(): void {
    this.place = -1;
    registered.set(this.replicas, new WeakRef(this));
    registry.register(this, this.replicas, this);
  }

  /** Note, in program order, that a step on `holder` writes it: from now on the host copy is an old version. */
  willBeWritten(holder: Holder): void {
    if (this.home !== holder) this.homeBefore = this.home;
    this.home = holder;
    this.hostIsCurrent = false;
    this.version = nextVersion++;
  }

  /** Drops every other copy: `holder` is about to write its replica. */
  ownedBy(holder: Holder): void {
    this.content = nextVersion++;
    this.host = undefined;
    release(this.replicas, holder);
  }

  /** The value will never come: every reader gets the error, and its memory is freed. */
  fail(error: HeddleError): void {
    this.error = error;
    this.free();
  }

  /** Keeps the memory for an enqueued execution, whatever is disposed meanwhile. */
  pin(): void {
    this.pins++;
  }

  unpin(): void {
    this.pins--;
    if (this.isDisposed && this.pins === 0) this.free();
  }

  /** Ends the value; its memory goes when nothing enqueued needs it. */
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.forget();
    if (this.pins === 0) this.free();
  }

  private forget(): void {
    if (this.place < 0) {
      registered.delete(this.replicas);
      registry.unregister(this);
      return;
    }
    // The last one takes its place.
    const last = young.pop()!;
    if (last === this) return;
    young[this.place] = last;
    last.place = this.place;
  }

  private free(): void {
    this.host = undefined;
    release(this.replicas);
  }
}

/** Every storage that was neither disposed nor collected. */
export function liveStorages(): Storage[] {
  const held = [...registered.values()].map((ref) => ref.deref()).filter((s) => s !== undefined);
  return [...held, ...young];
}

/** A node that shows a storage. */
export function storedNode(storage: Storage): Node {
  const { shape, dtype } = storage;
  const node = new Node(stored, [], { shape, dtype }, shape, dtype, 0);
  node.storage = storage;
  return node;
}
