/**
 * Versioned values: parameters, running statistics, optimizer slots. Inside a trace reads and assignments are nodes,
 * outside an assignment is executed at once. A compiled step writes a state in place; a tensor that still needs the
 * old version gets a copy first.
 */
import type { DType, HostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import { within } from "../graph/context.ts";
import type { Node } from "../graph/node.ts";
import { alias, contiguous } from "../ops/identity.ts";
import { state as stateOp } from "../ops/sources.ts";
import { copyStorage, evaluate, KEEPS_HISTORY } from "./evaluate.ts";
import { Storage, storedNode } from "./storage.ts";
import { currentTrace, LEAF_SCOPES, outsideTrace } from "./trace.ts";

export class State {
  /** The tensor node that shows the current version outside traces, while someone holds it. */
  private leaf: WeakRef<Node> | undefined;

  private constructor(
    public storage: Storage,
    readonly name: string,
  ) {}

  /** A state with a computed or given initial value. */
  static from(value: Node, name: string): State {
    return outsideTrace(() => {
      const node = owned(value);
      evaluate([node]);
      const state = new State(node.storage as Storage, name);
      // A tensor that shows the value gets a copy before a step writes the state in place.
      state.leaf = new WeakRef(node);
      node.isUsed = true;
      return state;
    });
  }

  static fromHost(shape: Shape, dtype: DType, values: HostArray, name: string): State {
    return new State(new Storage(shape, dtype, values, name), name);
  }

  get shape(): Shape {
    return this.storage.shape;
  }

  get dtype(): DType {
    return this.storage.dtype;
  }

  /** The value in program order; inside `valueAndGrad` a leaf that stands for it. */
  read(): Node {
    return this.readIn(LEAF_SCOPES.value.length - 1);
  }

  private readIn(depth: number): Node {
    const scope = LEAF_SCOPES.value[depth];
    if (!scope) return this.readCurrent();
    const known = scope.written.get(this) ?? scope.leaves.get(this);
    if (known) return known;
    const leaf = make(alias, [this.readIn(depth - 1)], null);
    scope.leaves.set(this, leaf);
    return leaf;
  }

  private readCurrent(): Node {
    const trace = currentTrace();
    if (!trace) return this.currentLeaf();
    const newest = trace.assigned.get(this) ?? trace.reads.get(this);
    if (newest) return newest;
    const node = make(stateOp, [], { shape: this.shape, dtype: this.dtype, state: this });
    trace.reads.set(this, node);
    return node;
  }

  /** Makes `value` the next version: recorded in a trace, else executed now. */
  assign(value: Node): void {
    assignAll([[this, value]]);
  }

  checkFits(value: Node): void {
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype) {
      const got = `${value.dtype} ${showShape(value.shape)}`;
      fail("assign", `${this.name} is ${this.dtype} ${showShape(this.shape)}: got ${got}`);
    }
  }

  /** Adopts a storage that nobody else writes. `holder` is a node that shows it too. */
  adopt(storage: Storage, holder: Node | undefined): void {
    const before = this.storage;
    const reader = this.leaf?.deref();
    this.storage = storage;
    this.leaf = holder && new WeakRef(holder);
    if (holder) holder.isUsed = true;
    // The old version lives on while a node shows it.
    if (!reader) before.dispose();
  }

  /** Before an in-place write: a held older version moves to memory of its own. */
  detachReaders(): void {
    const reader = this.leaf?.deref();
    this.leaf = undefined;
    if (reader && reader.storage === this.storage) reader.storage = copyStorage(this.storage);
  }

  private currentLeaf(): Node {
    const known = this.leaf?.deref();
    if (known && known.storage === this.storage) return known;
    const node = storedNode(this.storage);
    node.isUsed = true;
    this.leaf = new WeakRef(node);
    return node;
  }
}

/** Assigns several states; outside a trace in one execution. */
export function assignAll(pairs: readonly (readonly [State, Node])[]): void {
  for (const [state, value] of pairs) state.checkFits(value);
  const trace = currentTrace();
  for (const { written } of LEAF_SCOPES.value) for (const [state, value] of pairs) written.set(state, value);
  if (trace) {
    for (const [state, value] of pairs) trace.assigned.set(state, value);
    return;
  }
  // A value that a tensor shows, or that two states take, is copied: a later in-place write must change one state alone.
  const taken = new Set<Node>();
  const values = pairs.map(([, value]) => {
    const own = taken.has(value) ? make(contiguous, [value], null) : owned(value);
    taken.add(value);
    return own;
  });
  evaluate(values);
  for (const [i, [state]] of pairs.entries()) state.adopt(values[i].storage as Storage, values[i]);
}

const owned = (value: Node): Node => (value.storage ? make(contiguous, [value], null) : value);

/** Runs `fn` while each state reads as a fresh leaf; `leaves` fills up as states are read. */
export function withLeaves<R>(fn: (leaves: ReadonlyMap<object, Node>) => R): R {
  const leaves = new Map<object, Node>();
  const scopes = [...LEAF_SCOPES.value, { leaves, written: new Map() }];
  return within([LEAF_SCOPES.as(scopes), KEEPS_HISTORY.as(true)], () => fn(leaves));
}
