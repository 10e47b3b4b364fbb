/**
 * The structural plan cache: reads of graphs with the same shape share a plan, whatever their values.
 * Literals other than 0, 1 and −1 are not part of the key.
 */
import type { Node } from "../graph/node.ts";
import { structuralKey } from "./rebuild.ts";

/** A key that two graphs share exactly when one plan serves both. `order`: what the roots need, inputs first. */
export function structure(
  order: readonly Node[],
  roots: readonly Node[],
  isLeaf: (node: Node) => boolean,
): string {
  const index = new Map(order.map((n, i) => [n, i]));
  const parts = order.map((node) => {
    if (isLeaf(node)) return `leaf ${node.dtype}[${node.shape}]`;
    return `${node.op.name} ${structuralKey(node)}(${node.inputs.map((i) => index.get(i))})`;
  });
  return `${parts.join(";")}>${roots.map((r) => index.get(r))}`;
}

/** Keeps the `capacity` most recently used entries; `onEvict` frees what falls out. */
export class LruCache<V> {
  private readonly entries = new Map<string, V>();

  constructor(
    private readonly capacity: number,
    private readonly onEvict: (value: V) => void,
  ) {}

  get(key: string): V | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.entries.set(key, value);
    if (this.entries.size <= this.capacity) return;
    const [oldest, evicted] = this.entries.entries().next().value!;
    this.entries.delete(oldest);
    this.onEvict(evicted);
  }

  get size(): number {
    return this.entries.size;
  }
}
