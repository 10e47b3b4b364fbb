/**
 * The allocator of the linear memory: best fit over a list of free blocks that merge with their neighbours. Only
 * numbers; the memory itself belongs to the engine. Addresses and sizes are multiples of ALIGNMENT.
 */
import { fail, invariant } from "../../base/errors.ts";
import type { MemoryUse } from "../types.ts";

export const ALIGNMENT = 256;
/** The memory grows by at least this much, and by at least an eighth of what there is. */
const STEP = 4 << 20;

interface Block {
  address: number;
  bytes: number;
}

export const alignUp = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export class Heap {
  /** Sorted by address; no two are adjacent. */
  readonly #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #end: number;
  #live = 0;
  #peak = 0;

  constructor(
    start: number,
    /** Most bytes that may be in use. */
    private readonly limit: number,
    /** Makes addresses below `end` usable, or returns false. */
    private readonly grow: (end: number) => boolean,
  ) {
    this.#end = alignUp(start);
  }

  alloc(bytes: number): number {
    const size = alignUp(Math.max(1, bytes));
    if (this.#live + size > this.limit) this.#refuse(bytes, `the limit is ${this.limit}`);
    const address = this.#take(size) ?? this.#extend(size) ?? this.#refuse(bytes, "the memory cannot grow");
    this.#used.set(address, size);
    this.#live += size;
    this.#peak = Math.max(this.#peak, this.#live);
    return address;
  }

  free(address: number): void {
    const bytes = this.#used.get(address);
    invariant(bytes !== undefined, `wasm memory at ${address} is freed twice`);
    this.#used.delete(address);
    this.#live -= bytes;
    this.#release({ address, bytes });
  }

  use(): MemoryUse {
    return { live: this.#live, reserved: this.#end, peak: this.#peak };
  }

  /** Cuts `size` bytes off the smallest block that has them. */
  #take(size: number): number | undefined {
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const { bytes } = this.#free[i];
      if (bytes >= size && (best < 0 || bytes < this.#free[best].bytes)) best = i;
    }
    if (best < 0) return undefined;
    const block = this.#free[best];
    const { address } = block;
    if (block.bytes === size) this.#free.splice(best, 1);
    else {
      block.address += size;
      block.bytes -= size;
    }
    return address;
  }

  #extend(size: number): number | undefined {
    const last = this.#free.at(-1);
    const have = last && last.address + last.bytes === this.#end ? last.bytes : 0;
    const missing = size - have;
    const generous = Math.max(missing, STEP, alignUp(this.#end / 8));
    const added = this.grow(this.#end + generous) ? generous : this.grow(this.#end + missing) ? missing : 0;
    if (added === 0) return undefined;
    this.#release({ address: this.#end, bytes: added });
    this.#end += added;
    return this.#take(size);
  }

  #release(block: Block): void {
    let at = 0;
    let high = this.#free.length;
    while (at < high) {
      const middle = (at + high) >> 1;
      if (this.#free[middle].address < block.address) at = middle + 1;
      else high = middle;
    }
    const next = this.#free[at];
    if (next && block.address + block.bytes === next.address) {
      block.bytes += next.bytes;
      this.#free.splice(at, 1);
    }
    const previous = this.#free[at - 1];
    if (previous && previous.address + previous.bytes === block.address) previous.bytes += block.bytes;
    else this.#free.splice(at, 0, block);
  }

  #refuse(bytes: number, reason: string): never {
    return fail("wasm", `out of memory: ${bytes} bytes asked, ${this.#live} alive, ${reason}`);
  }
}
