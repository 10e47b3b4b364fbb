/** Element types that files hold: how their little-endian bytes become one of Heddle's dtypes, and the way back. */
import { BYTES_PER_ELEMENT, type DType, type HostArray, hostArray } from "../base/dtype.ts";

interface Stored {
  readonly bytes: number;
  /** The dtype that values are read as. */
  readonly dtype: DType;
  /** `raw` holds exactly the values. @throws RangeError naming a value that the dtype does not hold */
  decode(raw: ArrayBuffer): HostArray;
}

/** One that Heddle writes, too. */
interface Writable extends Stored {
  /** @throws RangeError naming a value that this type does not hold; floats are rounded to the nearest */
  encode(values: HostArray): ArrayBuffer;
}

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type WideIntegers = BigInt64Array | BigUint64Array;

/** @throws RangeError naming the first value that does not fit */
function check(values: ArrayLike<number>, fits: (value: number, i: number) => boolean): void {
  for (let i = 0; i < values.length; i++) if (!fits(values[i], i)) throw new RangeError(`${values[i]}`);
}

/** Integers that `dtype` holds all of. */
const integers = (
  dtype: DType,
  Kind: { new (source: ArrayBuffer | HostArray): Integers; BYTES_PER_ELEMENT: number },
): Writable => ({
  bytes: Kind.BYTES_PER_ELEMENT,
  dtype,
  decode(raw) {
    const values = new Kind(raw);
    return values.BYTES_PER_ELEMENT < BYTES_PER_ELEMENT ? new Int32Array(values) : (values as HostArray);
  },
  encode(values) {
    const out = new Kind(values);
    check(values, (value, i) => out[i] === value);
    return out.buffer as ArrayBuffer;
  },
});

/** 64-bit integers, narrowed. */
const wide = (
  dtype: "int32" | "uint32",
  Kind: { new (source: ArrayBuffer): WideIntegers; new (length: number): WideIntegers },
): Writable => ({
  bytes: 8,
  dtype,
  decode(raw) {
    const values = new Kind(raw);
    const out = hostArray(dtype, values.length);
    for (let i = 0; i < out.length; i++) {
      out[i] = Number(values[i]);
      if (BigInt(out[i]) !== values[i]) throw new RangeError(`${values[i]}`);
    }
    return out;
  },
  encode(values) {
    const out = new Kind(values.length);
    check(values, (value, i) => {
      if (!Number.isInteger(value)) return false;
      out[i] = BigInt(value);
      return out[i] === BigInt(value);
    });
    return out.buffer as ArrayBuffer;
  },
});

const float32: Writable = {
  bytes: 4,
  dtype: "float32",
  decode: (raw) => new Float32Array(raw),
  encode: (values) => new Float32Array(values).buffer,
};

const float64: Writable = {
  bytes: 8,
  dtype: "float32",
  decode(raw) {
    const values = new Float64Array(raw);
    const out = new Float32Array(values);
    check(values, (value, i) => Number.isFinite(out[i]) || !Number.isFinite(value));
    return out;
  },
  encode: (values) => new Float64Array(values).buffer,
};

/** Half-size floats, by what their 16 bits mean. */
const half = (value: (bits: number) => number): Stored => ({
  bytes: 2,
  dtype: "float32",
  decode: (raw) => Float32Array.from(new Uint16Array(raw), value),
});

const bool: Writable = {
  bytes: 1,
  dtype: "bool",
  decode: (raw) => Int32Array.from(new Uint8Array(raw), (byte) => (byte === 0 ? 0 : 1)),
  encode: (values) => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)).buffer,
};

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

function bfloat16(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The nearest, ties to even. */
function toFloat16(value: number): number {
  if (Number.isNaN(value)) return NAN_16;
  float[0] = value;
  const sign = (word[0] >>> 16) & 0x8000;
  const exponent = Math.max(((word[0] >>> 23) & 255) - 127, -14);
  // In units of the last place; adding 2⁵² leaves an integer. A carry moves on to the next exponent.
  const units = Math.abs(value) * 2 ** (10 - exponent) + 2 ** 52 - 2 ** 52;
  return sign | Math.min((exponent + 14) * 1024 + units, INFINITY_16);
}

const NAN_16 = 0x7e00;
const INFINITY_16 = 0x7c00;

/** By their names in safetensors files. */
export const WRITABLE = {
  F32: float32,
  F64: float64,
  F16: {
    ...half(float16),
    encode(values) {
      const out = Uint16Array.from(values, toFloat16);
      check(values, (value, i) => (out[i] & 0x7fff) !== INFINITY_16 || !Number.isFinite(value));
      return out.buffer;
    },
  },
  I8: integers("int32", Int8Array),
  U8: integers("int32", Uint8Array),
  I16: integers("int32", Int16Array),
  U16: integers("int32", Uint16Array),
  I32: integers("int32", Int32Array),
  U32: integers("uint32", Uint32Array),
  I64: wide("int32", BigInt64Array),
  U64: wide("uint32", BigUint64Array),
  BOOL: bool,
} as const satisfies Record<string, Writable>;

/** Everything that can be read. */
export const STORED: Readonly<Record<string, Stored>> = { ...WRITABLE, BF16: half(bfloat16) };
