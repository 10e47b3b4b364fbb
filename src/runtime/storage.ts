/** Values in memory: a host copy, a replica per device, or both. */

import type { View } from "../backends/types.ts";
import { BYTES_PER_ELEMENT, type DType, type HostArray } from "../base/dtype.ts";
import type { HeddleError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";

/** What holds replicas; implemented by the runtime's Device. */
export interface Holder {
  release(view: View): void;
}

/** Replicas outlive their Storage object until the registry has freed them. */
type Replicas = Map<Holder, View>;

const registry = new FinalizationRegistry<Replicas>((replicas) => {
  for (const [holder, view] of replicas) holder.release(view);
});

const alive = new Set<WeakRef<Storage>>();
const forget = new FinalizationRegistry<WeakRef<Storage>>((ref) => alive.delete(ref));

export class Storage {
  readonly bytes: number;
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
  private readonly ref = new WeakRef(this);

  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    /** Waits here until a device needs it. */
    public host: HostArray | undefined,
    /** The layer, parameter or op that made it. */
    readonly origin: string,
  ) {
    this.bytes = sizeOf(shape) * BYTES_PER_ELEMENT;
    alive.add(this.ref);
    registry.register(this, this.replicas, this);
    forget.register(this, this.ref, this);
  }

  /** Note, in program order, that a step on `holder` writes it: from now on the host copy is an old version. */
  willBeWritten(holder: Holder): void {
    if (this.home !== holder) this.homeBefore = this.home;
    this.home = holder;
    this.hostIsCurrent = false;
  }

  /** Drops every other copy: `holder` is about to write its replica. */
  ownedBy(holder: Holder): void {
    this.host = undefined;
    if (this.replicas.size === 1 && this.replicas.has(holder)) return;
    for (const [other, view] of this.replicas) {
      if (other === holder) continue;
      other.release(view);
      this.replicas.delete(other);
    }
  }

  /** The value will never come: every reader gets the error, and what memory it had is given back. */
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
    alive.delete(this.ref);
    forget.unregister(this);
    if (this.pins === 0) this.free();
  }

  private free(): void {
    this.host = undefined;
    for (const [holder, view] of this.replicas) holder.release(view);
    this.replicas.clear();
    registry.unregister(this);
  }
}

/** Every storage that was neither disposed nor collected. */
export function liveStorages(): Storage[] {
  return [...alive].map((ref) => ref.deref()).filter((s) => s !== undefined);
}
