/** Tensors from numbers, arrays and formulas. */
import { BYTES_PER_ELEMENT, checkDType, type DType, type HostArray, hostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { checkShape, type Shape, showShape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { eq, ge } from "../ops/elementwise/comparison.ts";
import { bitsHere, toNormal, toUniform } from "../runtime/random.ts";
import { Storage, storedNode } from "../runtime/storage.ts";
import { describe, handleOf, type Operand } from "./handle.ts";
import { Tensor } from "./tensor.ts";

/** A tensor, a number, which becomes a scalar, or what stands for its value, such as a parameter. */
export type TensorLike = Operand<Tensor>;

/** Values of a tensor: a number, nested arrays, or a typed array with a shape. */
export type TensorData =
  | number
  | boolean
  | readonly TensorData[]
  | HostArray
  | Float64Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | BigInt64Array;

/**
 * A tensor of the given values, which are copied. Numbers and nested arrays are float32, booleans bool; typed arrays
 * keep their kind (Float64Array narrows to float32; 8- and 16-bit integers and BigInt64Array become int32, Uint16 and
 * Uint8 too). `dtype` overrides, `shape` is that of the nesting, or [length].
 *
 * @throws HeddleError when the arrays are ragged, the count does not fit the shape or a value does not fit its dtype.
 */
export function tensor(values: TensorData, options: { shape?: Shape; dtype?: DType } = {}): Tensor {
  const flat = ArrayBuffer.isView(values) ? fromTyped(values as HostArray) : fromNested(values);
  const dtype = options.dtype === undefined ? flat.dtype : checkDType("tensor", options.dtype);
  const shape = checkShape("tensor", options.shape ?? flat.shape);
  if (sizeOf(shape) !== flat.values.length) {
    fail("tensor", `shape ${showShape(shape)} needs ${sizeOf(shape)} values: got ${flat.values.length}`);
  }
  const host = convert(flat.values, dtype, ArrayBuffer.isView(values));
  return new Tensor(storedNode(new Storage(shape.slice(), dtype, host, "tensor")));
}

interface Flat {
  readonly values: ArrayLike<number>;
  readonly shape: Shape;
  readonly dtype: DType;
}

function fromTyped(values: HostArray | BigInt64Array): Flat {
  const shape = [values.length];
  if (values instanceof BigInt64Array) return { values: Array.from(values, Number), shape, dtype: "int32" };
  const kind = values[Symbol.toStringTag];
  const dtype = kind.startsWith("Float") ? "float32" : kind === "Uint32Array" ? "uint32" : "int32";
  return { values, shape, dtype };
}

function fromNested(values: unknown): Flat {
  const shape: number[] = [];
  for (let at = values; Array.isArray(at); at = at[0]) shape.push(at.length);
  const flat: number[] = [];
  let bools = 0;
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) {
      if (value.length !== shape[depth])
        fail(
          "tensor",
          `nested arrays must be of one length: got ${value.length} and ${shape[depth]} at depth ${depth}`,
        );
      for (const v of value) visit(v, depth + 1);
    } else if (depth !== shape.length || (typeof value !== "number" && typeof value !== "boolean")) {
      fail("tensor", `expects numbers or booleans, nested evenly: got ${describe(value)} at depth ${depth}`);
    } else {
      if (typeof value === "boolean") bools++;
      flat.push(Number(value));
    }
  };
  visit(values, 0);
  return { values: flat, shape, dtype: bools > 0 && bools === flat.length ? "bool" : "float32" };
}

/** Bytes of the buffers that small copies share: a buffer costs the engine 0.5 µs, and its collector again. */
const SHARED_BYTES = 8192;
let shared = new ArrayBuffer(0);
let taken = 0;

/** An array that no user gets to see. */
function hostCopy(dtype: DType, length: number): HostArray {
  const bytes = length * BYTES_PER_ELEMENT;
  if (bytes > SHARED_BYTES / 8) return hostArray(dtype, length);
  if (taken + bytes > shared.byteLength) {
    shared = new ArrayBuffer(SHARED_BYTES);
    taken = 0;
  }
  taken += bytes;
  return hostArray(dtype, shared, taken - bytes, length);
}

/** A copy of the values as the host array of `dtype`; integers are checked against its range. */
function convert(values: ArrayLike<number>, dtype: DType, isTyped: boolean): HostArray {
  const result = hostCopy(dtype, values.length);
  if (dtype === "float32" || (isTyped && values.constructor === result.constructor && dtype !== "bool")) {
    result.set(values);
    return result;
  }
  const [low, high] =
    dtype === "uint32" ? [0, 0xffffffff] : dtype === "bool" ? [0, 1] : [-0x80000000, 0x7fffffff];
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (!Number.isInteger(v) || v < low || v > high)
      fail("tensor", `${dtype} holds integers in [${low}, ${high}]: got ${v}`);
    result[i] = v;
  }
  return result;
}

/** A tensor, or a number as a float32 scalar. */
export function asTensor(value: TensorLike): Tensor {
  return typeof value === "number" ? new Tensor(core.scalar(value)) : handleOf(value);
}

const filled = (where: string, shape: Shape, value: number, dtype: DType = "float32"): Tensor =>
  new Tensor(core.full(value, checkShape(where, shape), checkDType(where, dtype)));

/** A float32 (by default) scalar. */
export const scalar = (value: number, dtype: DType = "float32"): Tensor => filled("scalar", [], value, dtype);
/** Zeros, float32 by default. @throws HeddleError when the shape is wrong */
export const zeros = (shape: Shape, options: { dtype?: DType } = {}): Tensor =>
  filled("zeros", shape, 0, options.dtype);
/** Ones, float32 by default. @throws HeddleError when the shape is wrong */
export const ones = (shape: Shape, options: { dtype?: DType } = {}): Tensor =>
  filled("ones", shape, 1, options.dtype);
/** `value` everywhere, float32 by default. @throws HeddleError when the shape is wrong */
export const full = (shape: Shape, value: number, options: { dtype?: DType } = {}): Tensor =>
  filled("full", shape, value, options.dtype);

/** start, start + step, … below stop: int32 when all three are integers, else float32. `arange(5)` is 0 … 4. */
export function arange(start: number, stop?: number, step = 1): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (![from, to, step].every(Number.isFinite) || step === 0)
    fail("arange", `needs finite numbers and a step other than 0: got ${from}, ${to}, ${step}`);
  const count = Math.max(0, Math.ceil((to - from) / step));
  const isInteger = [from, to, step].every(Number.isInteger);
  const index = core.iota([count], 0);
  const scaled = core.mul(isInteger ? index : core.cast(index, "float32"), step);
  return new Tensor(core.add(scaled, from));
}

/** `count` numbers from start to stop, both included, evenly spaced. */
export function linspace(start: number, stop: number, count: number): Tensor {
  if (!Number.isInteger(count) || count < 1)
    fail("linspace", `count must be a positive integer: got ${count}`);
  const index = core.cast(core.iota([count], 0), "float32");
  return new Tensor(core.add(core.mul(index, count === 1 ? 0 : (stop - start) / (count - 1)), start));
}

/** The identity matrix [rows, columns]. */
export function eye(rows: number, columns = rows): Tensor {
  const shape = checkShape("eye", [rows, columns]);
  return new Tensor(core.cast(core.binary(eq, core.iota(shape, 0), core.iota(shape, 1)), "float32"));
}

const bits = (where: string, shape: Shape): Node => bitsHere(checkShape(where, shape));

/** Uniform floats in [low, high). Every read of one tensor agrees; see `setSeed`. */
export function randomUniform(shape: Shape, options: { low?: number; high?: number } = {}): Tensor {
  const { low = 0, high = 1 } = options;
  return new Tensor(core.add(core.mul(toUniform(bits("randomUniform", shape)), high - low), low));
}

/** Normal floats. Every read of one tensor agrees; see `setSeed`. */
export function randomNormal(shape: Shape, options: { mean?: number; std?: number } = {}): Tensor {
  const { mean = 0, std = 1 } = options;
  return new Tensor(core.add(core.mul(toNormal(bits("randomNormal", [2, ...shape])), std), mean));
}

/** Uniform integers in [low, high), int32. */
export function randomInt(shape: Shape, low: number, high: number): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high || high - low > 2 ** 24) {
    fail("randomInt", `needs integers low < high at most 2^24 apart: got ${low} and ${high}`);
  }
  const uniform = toUniform(bits("randomInt", shape));
  return new Tensor(core.add(core.cast(core.mul(uniform, high - low), "int32"), low));
}

/** 1 with probability 1 − rate, scaled by 1 / (1 − rate), else 0: what dropout multiplies by. Srivastava et al. 2014. */
export function dropoutMask(shape: Shape, rate: number): Tensor {
  const threshold = Math.min(0xffffffff, Math.round(rate * 2 ** 32));
  const random = bits("dropout", shape);
  const kept = core.binary(ge, random, core.broadcast(core.scalar(threshold, "uint32"), shape));
  return new Tensor(core.where(kept, core.full(1 / (1 - rate), shape), 0));
}
