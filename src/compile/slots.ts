/** Shares memory between values that are never alive together: greedy best fit over lifetimes, in execution order. */

interface Lifetime {
  /** Bytes. */
  readonly size: number;
  /** Step that writes it first. */
  readonly from: number;
  /** Last step that touches it. */
  readonly to: number;
}

export interface Slots {
  /** Bytes of each slot. */
  readonly sizes: readonly number[];
  /** The slot of each value. */
  readonly slotOf: readonly number[];
}

/** A value never shares a slot with one that the same step reads or writes. */
export function assignSlots(values: readonly Lifetime[]): Slots {
  const sizes: number[] = [];
  const busyUntil: number[] = [];
  const slotOf = new Array<number>(values.length);
  const order = values
    .map((_, i) => i)
    .sort((a, b) => values[a].from - values[b].from || values[b].size - values[a].size);
  for (const i of order) {
    const { size, from, to } = values[i];
    const slot = bestFit(sizes, busyUntil, size, from);
    sizes[slot] = Math.max(sizes[slot] ?? 0, size);
    busyUntil[slot] = to;
    slotOf[i] = slot;
  }
  return { sizes, slotOf };
}

/** The smallest free slot that is large enough, else the largest free one (it grows), else a new one. */
function bestFit(sizes: readonly number[], busyUntil: readonly number[], size: number, from: number): number {
  let best = -1;
  for (let s = 0; s < sizes.length; s++) {
    if (busyUntil[s] >= from) continue;
    if (best < 0) best = s;
    else if (
      sizes[s] >= size
        ? sizes[best] < size || sizes[s] < sizes[best]
        : sizes[best] < size && sizes[s] > sizes[best]
    )
      best = s;
  }
  return best < 0 ? sizes.length : best;
}
