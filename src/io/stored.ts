/** Element types that files hold, and how their little-endian bytes become one of Heddle's dtypes. */
import { type DType, type HostArray, hostArray } from "../base/dtype.ts";

export interface Stored {
  readonly bytes: number;
  /** The dtype that values are read as. */
  readonly dtype: DType;
  /** `raw` holds exactly the values. @throws RangeError naming a value that the dtype does not hold */
  decode(raw: ArrayBuffer): HostArray;
}

/** Words that are taken as they are. */
const words = (dtype: DType): Stored => ({
  bytes: 4,
  dtype,
  decode: (raw) => hostArray(dtype, raw, 0, raw.byteLength / 4),
});

/** Integers that always fit. */
const small = (bytes: number, view: (raw: ArrayBuffer) => ArrayLike<number>): Stored => ({
  bytes,
  dtype: "int32",
  decode: (raw) => Int32Array.from(view(raw)),
});

/** 64-bit integers, narrowed. */
const wide = (
  dtype: "int32" | "uint32",
  view: (raw: ArrayBuffer) => BigInt64Array | BigUint64Array,
): Stored => ({
  bytes: 8,
  dtype,
  decode(raw) {
    const values = view(raw);
    const out = hostArray(dtype, values.length);
    for (let i = 0; i < out.length; i++) {
      out[i] = Number(values[i]);
      if (BigInt(out[i]) !== values[i]) throw new RangeError(`${values[i]}`);
    }
    return out;
  },
});

/** Half-size floats, by what their 16 bits mean. */
const half = (value: (bits: number) => number): Stored => ({
  bytes: 2,
  dtype: "float32",
  decode: (raw) => Float32Array.from(new Uint16Array(raw), value),
});

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

/** By their names in safetensors files. */
export const STORED: Readonly<Record<string, Stored>> = {
  F32: words("float32"),
  I32: words("int32"),
  U32: words("uint32"),
  F16: half(float16),
  BF16: half(bfloat16),
  F64: {
    bytes: 8,
    dtype: "float32",
    decode(raw) {
      const values = new Float64Array(raw);
      const out = Float32Array.from(values);
      const lost = values.findIndex((v, i) => Number.isFinite(v) && !Number.isFinite(out[i]));
      if (lost >= 0) throw new RangeError(`${values[lost]}`);
      return out;
    },
  },
  I64: wide("int32", (raw) => new BigInt64Array(raw)),
  U64: wide("uint32", (raw) => new BigUint64Array(raw)),
  I16: small(2, (raw) => new Int16Array(raw)),
  U16: small(2, (raw) => new Uint16Array(raw)),
  I8: small(1, (raw) => new Int8Array(raw)),
  U8: small(1, (raw) => new Uint8Array(raw)),
  BOOL: {
    bytes: 1,
    dtype: "bool",
    decode: (raw) => Int32Array.from(new Uint8Array(raw), (byte) => (byte === 0 ? 0 : 1)),
  },
};
