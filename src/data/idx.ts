/**
 * IDX, the array format of MNIST and its kin: two zero bytes, a type code, the rank, a big-endian int32 per axis,
 * then the values, big-endian and row-major. Source: yann.lecun.com/exdb/mnist, "file format".
 */
import { fail, HeddleError } from "../base/errors.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { show } from "../base/show.ts";
import { gunzip, isGzip } from "./gunzip.ts";

/** Arrays of the types that IDX files have. */
export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds. */
export interface IdxArray {
  /** The values, row-major. */
  readonly data: IdxValues;
  /** Lengths of the axes. */
  readonly shape: Shape;
}

interface Code {
  readonly bytes: number;
  make(length: number): IdxValues;
  read(view: DataView, at: number): number;
}

const CODES: Record<number, Code> = {
  8: { bytes: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, make: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) },
};

/**
 * Reads an IDX file, plain or gzipped. Byte arrays are views of the (unpacked) file, not copies.
 * @param name what messages call the file
 * @throws HeddleError `[idx] train-labels: …` when the header is not IDX's, or the file is shorter or longer than it says
 */
export async function idx(bytes: Uint8Array, name = "file"): Promise<IdxArray> {
  if (!(bytes instanceof Uint8Array)) fail("idx", `${name}: expects a Uint8Array: got ${show(bytes)}`);
  return parse(isGzip(bytes) ? await gunzip("idx", name, bytes) : bytes, name);
}

function parse(file: Uint8Array, name: string): IdxArray {
  const bad = (rule: string): never => {
    throw new HeddleError("idx", `${name}: ${rule}`);
  };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 4) return bad(`the header takes at least 4 bytes: got ${file.length}`);
  const [zero0, zero1, code, rank] = file;
  const kind = CODES[code];
  if (zero0 !== 0 || zero1 !== 0 || !kind) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    return bad(`no IDX file: magic number is 0x${magic}, expected 0x0000TTRR (type 08, 09, 0b–0e, rank)`);
  }
  const header = 4 + 4 * rank;
  if (file.length < header)
    return bad(`truncated: rank ${rank} takes ${header} bytes of header, got ${file.length}`);
  const shape = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const length = sizeOf(shape);
  const expected = header + length * kind.bytes;
  if (file.length !== expected) {
    const fault = file.length < expected ? "truncated" : "too long";
    return bad(`${fault}: ${showShape(shape)} takes ${expected} bytes, got ${file.length}`);
  }
  if (code === 8) return { data: file.subarray(header), shape };
  const data = kind.make(length);
  for (let i = 0; i < length; i++) data[i] = kind.read(view, header + i * kind.bytes);
  return { data, shape };
}
