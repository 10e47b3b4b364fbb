/**
 * NumPy's .npy: one array in a file. The magic bytes, a version, the length of a header, the header (the literal of a
 * Python dictionary), then the values. Numbers and booleans only: no records, strings, objects or complex numbers.
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 */
import { type DType, isDType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { oneOf } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { permute } from "./permute.ts";
import { WRITABLE } from "./stored.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Values start at multiples of this. */
const ALIGNMENT = 64;

/** Element types of a file, by NumPy's names: the code in the header and the stored form. */
const TYPES = {
  bool: ["b1", "BOOL"],
  int8: ["i1", "I8"],
  uint8: ["u1", "U8"],
  int16: ["i2", "I16"],
  uint16: ["u2", "U16"],
  int32: ["i4", "I32"],
  uint32: ["u4", "U32"],
  int64: ["i8", "I64"],
  uint64: ["u8", "U64"],
  float16: ["f2", "F16"],
  float32: ["f4", "F32"],
  float64: ["f8", "F64"],
} as const;

/** Types of elements that are written. */
export type NpyType = keyof typeof TYPES;

const npyOptions = options({
  /** Element type of the file. Values must fit; floats are rounded. Default: the tensor's own dtype. */
  dtype: oneOf(...(Object.keys(TYPES) as NpyType[]))(),
});

/** Options of {@link writeNpy}. */
export interface NpyOptions extends OptionsOf<typeof npyOptions> {}

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/**
 * Reads an array of any byte order and of C or Fortran order. float16 and float64 become float32; int64 and the small
 * integers int32, uint64 uint32. The values are a copy.
 * @param name what messages call the file
 * @throws HeddleError `[npy] x.npy: …` when the file is corrupt or cut short, holds something other than numbers, or a
 *   value does not fit the narrower dtype
 */
export function readNpy(bytes: Uint8Array, name = "file"): HostTensor {
  const bad = (rule: string): never => fail("npy", `${name}: ${rule}`);
  if (!isNpy(bytes)) return bad("no .npy file: it does not start with \\x93NUMPY");
  const [text, start] = readHeader(bytes, bad);
  const { order, code, fortran, shape } = parseHeader(text, bad);
  const [type, [, stored]] =
    Object.entries(TYPES).find(([, [known]]) => known === code) ??
    bad(`elements must be one of ${Object.keys(TYPES).join(", ")}: got ${order}${code}`);
  const { bytes: size, dtype, decode } = WRITABLE[stored];
  const expected = sizeOf(shape) * size;
  const got = bytes.length - start;
  if (got !== expected) {
    const fault = got < expected ? "truncated" : "too long";
    return bad(`${fault}: ${type} ${showShape(shape)} takes ${expected} bytes, got ${got}`);
  }
  const raw = bytes.slice(start);
  if (order === ">") swap(raw, size);
  const tensor = { shape: fortran ? [...shape].reverse() : shape, dtype };
  const axes = shape.map((_, d) => shape.length - 1 - d);
  try {
    const values = { ...tensor, data: decode(raw.buffer) };
    return fortran ? permute(values, axes) : values;
  } catch (cause) {
    return bad(`${type} value ${(cause as Error).message} does not fit ${dtype}`);
  }
}

/**
 * Writes an array in C order, little-endian.
 * @param name what messages call the tensor
 * @throws HeddleError when values do not fill the shape, or do not fit `options.dtype`
 */
export function writeNpy(
  { data, shape, dtype }: HostTensor,
  options?: NpyOptions,
  name = "tensor",
): Uint8Array {
  const given = npyOptions.read("writeNpy", options);
  const bad = (rule: string): never => fail("npy", `${name}: ${rule}`);
  if (data.length !== sizeOf(shape)) {
    bad(`${showShape(shape)} holds ${sizeOf(shape)} values: got ${data.length}`);
  }
  const type = checkType(given.dtype ?? dtype, bad);
  const [code, stored] = TYPES[type];
  const order = WRITABLE[stored].bytes === 1 ? "|" : "<";
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${axes}), }`;
  const values = new Uint8Array(encode(type, data, dtype, bad));
  const start = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(start + values.length).fill(0x20, 0, start);
  file.set([...MAGIC, 1, 0]);
  new DataView(file.buffer).setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(text), 10);
  file[start - 1] = 0x0a;
  file.set(values, start);
  return file;
}

function checkType(type: NpyType | DType, bad: (rule: string) => never): NpyType {
  return Object.hasOwn(TYPES, type)
    ? type
    : bad(`dtype must be one of ${Object.keys(TYPES).join(", ")}: got ${String(type)}`);
}

function encode(
  type: NpyType,
  data: HostTensor["data"],
  dtype: DType,
  bad: (rule: string) => never,
): ArrayBuffer {
  if (!isDType(dtype)) return bad(`dtype must be float32, int32, uint32 or bool: got ${dtype}`);
  try {
    return WRITABLE[TYPES[type][1]].encode(data);
  } catch (cause) {
    return bad(`${type} does not hold ${(cause as Error).message}`);
  }
}

function readHeader(bytes: Uint8Array, bad: (rule: string) => never): [text: string, end: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (bytes.length > 6 && !(version >= 1 && version <= 3)) bad(`version must be 1, 2 or 3: got ${version}`);
  const start = version === 1 ? 10 : 12;
  const length = bytes.length < start ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (bytes.length < end) bad(`truncated: the header takes ${end} bytes, got ${bytes.length}`);
  return [new TextDecoder().decode(bytes.slice(start, end)).trim(), end];
}

interface Header {
  readonly order: string;
  readonly code: string;
  readonly fortran: boolean;
  readonly shape: Shape;
}

/** The three entries of the dictionary, in any order. */
function parseHeader(text: string, bad: (rule: string) => never): Header {
  const [, order, code] = /'descr'\s*:\s*'([<>|=]?)(\w+)'/.exec(text) ?? [];
  const [, fortran] = /'fortran_order'\s*:\s*(True|False)/.exec(text) ?? [];
  const [, axes] = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text) ?? [];
  if (code === undefined || fortran === undefined || axes === undefined) {
    return bad(`the header must describe one array of numbers: got ${text.slice(0, 100)}`);
  }
  // Python 2 wrote its long integers with an L.
  const shape = (axes.match(/\d+/g) ?? []).map(Number);
  return { order, code, fortran: fortran === "True", shape };
}

/** Reverses the bytes of each element. */
function swap(raw: Uint8Array, size: number): void {
  for (let at = 0; at < raw.length; at += size) raw.subarray(at, at + size).reverse();
}
