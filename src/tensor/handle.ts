/** What a tensor is before it can do arithmetic: a shape, a dtype, a value to read, and an end. */
import { type DType, type HostArray, hostKind, promote, promoteWeak } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { evaluate, fetch } from "../runtime/evaluate.ts";
import { isPromise } from "../runtime/queue.ts";
import type { Storage } from "../runtime/storage.ts";

/** Nested arrays of numbers, as deep as the shape is long. */
export type NestedArray = number | NestedArray[];

/** Something that stands for its current value in arithmetic, as a parameter does. */
export interface Valued<T> {
  readonly value: T;
}

/** The other side of arithmetic; a number is weak. */
export type Operand<T> = T | number | Valued<T>;

/** `Symbol.dispose`, registered where the engine lacks it. */
const DISPOSE: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

export abstract class Handle {
  private readonly shown: Node;
  private isDisposed = false;

  constructor(node: Node) {
    this.shown = node;
    node.handles++;
  }

  /** @internal The graph node that this tensor shows. */
  get node(): Node {
    if (this.isDisposed) fail("tensor", `${showShape(this.shown.shape)} was disposed and cannot be used`);
    return this.shown;
  }

  /** Lengths of the axes; [] for a scalar. */
  get shape(): Shape {
    return this.shown.shape;
  }

  /** Kind of the elements. */
  get dtype(): DType {
    return this.shown.dtype;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shown.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shown.shape);
  }

  /**
   * The values, row-major: Float32Array, Int32Array (also for bool, as 0 and 1) or Uint32Array.
   * Computes what is needed; takes its place in program order when called.
   *
   * @param into an array of that kind and of {@link size} elements to fill and return; default: a new one. A loop that
   *   reads megabytes saves the time in which the system finds new memory, which can exceed the computation's.
   * @throws HeddleError when `into` does not fit.
   */
  async data(into?: HostArray): Promise<HostArray> {
    this.checkFits(into);
    const { node } = this;
    evaluate([node]);
    return fetch(node.storage as Storage, into);
  }

  /**
   * Like {@link data}, at once.
   * @throws HeddleError where the device runs elsewhere or is busy: read with `await data()` there.
   */
  dataSync(into?: HostArray): HostArray {
    this.checkFits(into);
    const { node } = this;
    evaluate([node]);
    const values = fetch(node.storage as Storage, into);
    if (isPromise(values)) {
      values.catch(() => {});
      fail(
        "dataSync",
        'needs an idle wasm device in this thread: `await setDevice("wasm")` first, or read with `await data()`',
      );
    }
    return values;
  }

  private checkFits(into: HostArray | undefined): void {
    const Kind = hostKind(this.dtype);
    if (into === undefined || (into instanceof Kind && into.length === this.size)) return;
    const got = ArrayBuffer.isView(into) ? `${into.constructor.name} of ${into.length}` : String(into);
    fail("data", `${this} needs a ${Kind.name} of ${this.size} to be read into: got ${got}`);
  }

  /** The value of a tensor with one element. */
  async item(): Promise<number> {
    if (this.size !== 1) fail("item", `needs one element: got shape ${showShape(this.shape)}`);
    return (await this.data())[0];
  }

  /** The values as nested arrays; a number for a scalar. */
  async array(): Promise<NestedArray> {
    return nest(await this.data(), this.shape);
  }

  /** Ends the tensor; its memory is freed once no pending computation needs it. Twice is once. */
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    const { shown } = this;
    shown.handles--;
    if (shown.handles === 0 && !shown.isUsed) (shown.storage as Storage | undefined)?.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /** Dtype and shape; no values, which may not be there yet. */
  toString(): string {
    return `Tensor(${this.dtype} ${showShape(this.shape)})`;
  }

  /** A tensor has no number of its own: its value is on a device. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    fail("tensor", "cannot be used as a number; read it with `await x.item()`");
  }

  /** A tensor of this class over a node. */
  protected of(node: Node): this {
    return new (this.constructor as new (n: Node) => this)(node);
  }

  /** Both operands in the dtype that holds them; a number is weak. */
  protected promoted(other: Operand<Handle>): [Node, Node] {
    const { node } = this;
    if (typeof other === "number") {
      const dtype = promoteWeak(node.dtype, other);
      return [core.cast(node, dtype), core.scalar(other, dtype)];
    }
    const right = handleOf(other).node;
    const dtype = promote(node.dtype, right.dtype);
    return [core.cast(node, dtype), core.cast(right, dtype)];
  }

  /** The node as float32. */
  protected get floats(): Node {
    return core.cast(this.node, "float32");
  }
}

/** The tensor, or the value of what stands for one. */
export function handleOf<T extends Handle>(operand: T | Valued<T>): T {
  if (operand instanceof Handle) return operand;
  const value = (operand as Valued<T> | undefined)?.value;
  if (value instanceof Handle) return value;
  return fail("tensor", `an operand must be a tensor or a number: got ${describe(operand)}`);
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return value.constructor?.name ?? "an object";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function nest(values: HostArray, shape: Shape): NestedArray {
  if (shape.length === 0) return values[0];
  const [count, ...rest] = shape;
  const step = sizeOf(rest);
  return Array.from({ length: count }, (_, i) =>
    nest(values.subarray(i * step, (i + 1) * step) as HostArray, rest),
  );
}
