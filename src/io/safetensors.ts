/**
 * safetensors: named tensors and a map of strings in one file that can be checked before it is believed. 8 bytes of
 * header length (little-endian), a JSON header, then the values without gaps.
 * Source: github.com/huggingface/safetensors, README "Format".
 */
import { BYTES_PER_ELEMENT, type DType, isDType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { STORED } from "./stored.ts";

const WHERE = "safetensors";
const METADATA = "__metadata__";
const PREFIX = 8;
/** The format's own limit on headers, in bytes. */
const MAX_HEADER = 100_000_000;

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of their values. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a file. F64, F16 and BF16 become float32; I64 and the small integers int32, U64 uint32; the values are copies.
 * @throws HeddleError when the file is corrupt or cut short, or a value does not fit the narrower dtype
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const header = readHeader(bytes);
  const values = bytes.subarray(PREFIX + header.length);
  const metadata = readMetadata(header.json[METADATA]);
  const entries = Object.entries(header.json)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readEntry(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkLayout(entries, values.length);
  return { tensors: new Map(entries.map((entry) => [entry.name, decode(entry, values)])), metadata };
}

/**
 * Writes tensors (float32 as F32, int32 as I32, uint32 as U32, bool as BOOL) and metadata. Values start at multiples
 * of their size, as other readers like to map them.
 * @throws HeddleError when a name occurs twice or is reserved, or values do not fill their shape
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const list = [...tensors].map(([name, { data, shape, dtype }]) => {
    if (name === METADATA) fail(WHERE, `"${METADATA}" is reserved: name the tensor otherwise`);
    if (data.length !== sizeOf(shape)) {
      fail(WHERE, `tensor "${name}": ${showShape(shape)} holds ${sizeOf(shape)} values: got ${data.length}`);
    }
    return { name, shape, dtype, raw: encode(data, dtype) };
  });
  // Bytes last: everything before them stays aligned.
  list.sort((a, b) => Number(a.dtype === "bool") - Number(b.dtype === "bool"));
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA, readMetadata(metadata));
  let end = 0;
  for (const { name, shape, dtype, raw } of list) {
    if (header.has(name)) fail(WHERE, `names must be unique: got "${name}" twice`);
    const begin = end;
    end += raw.length;
    header.set(name, { dtype: NAMES[dtype], shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = Math.ceil((PREFIX + json.length) / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, PREFIX, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  file.set(json, PREFIX);
  let at = start;
  for (const { raw } of list) {
    file.set(raw, at);
    at += raw.length;
  }
  return file;
}

const NAMES: Record<DType, string> = { float32: "F32", int32: "I32", uint32: "U32", bool: "BOOL" };

function encode(data: HostTensor["data"], dtype: DType): Uint8Array {
  if (!isDType(dtype)) return fail(WHERE, `dtype must be float32, int32, uint32 or bool: got ${dtype}`);
  if (dtype === "bool") return Uint8Array.from(data, (value) => (value === 0 ? 0 : 1));
  return new Uint8Array(data.buffer, data.byteOffset, data.length * BYTES_PER_ELEMENT);
}

function readHeader(bytes: Uint8Array): { length: number; json: Record<string, unknown> } {
  if (bytes.length < PREFIX) fail(WHERE, `a file has at least ${PREFIX} bytes: got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const left = bytes.length - PREFIX;
  if (length > Math.min(left, MAX_HEADER)) {
    fail(WHERE, `no safetensors file or cut short: its header would take ${length} bytes, there are ${left}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(PREFIX, PREFIX + length)));
  } catch (cause) {
    fail(WHERE, `the header is not JSON: ${(cause as Error).message}`);
  }
  return isObject(json) ? { length, json } : fail(WHERE, "the header is not a JSON object");
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) return fail(WHERE, `${METADATA} must map strings to strings`);
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "string") {
      fail(WHERE, `${METADATA} must map strings to strings: got ${typeof entry} for "${key}"`);
    }
  }
  return value as Record<string, string>;
}

function readEntry(name: string, entry: unknown): Entry {
  const bad = (rule: string): never => fail(WHERE, `tensor "${name}": ${rule}`);
  if (!isObject(entry)) return bad("no description");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(STORED, dtype)) {
    return bad(`dtype must be one of ${Object.keys(STORED).join(", ")}: got ${JSON.stringify(dtype)}`);
  }
  if (!areCounts(shape)) return bad(`shape must hold non-negative integers: got ${JSON.stringify(shape)}`);
  if (!areCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return bad(`data_offsets must be [begin, end]: got ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets;
  const size = sizeOf(shape) * STORED[dtype].bytes;
  if (size !== end - begin) {
    return bad(`${dtype} ${showShape(shape)} takes ${size} bytes: got ${end - begin} in data_offsets`);
  }
  return { name, dtype, shape, begin, end };
}

/** Values must cover what follows the header, without gaps and overlaps. */
function checkLayout(entries: readonly Entry[], available: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? "overlaps the one before" : "leaves a gap";
      fail(WHERE, `tensor "${name}" ${fault}: it begins at byte ${begin}, expected ${covered}`);
    }
    covered = end;
  }
  if (covered !== available) {
    const fault = covered > available ? "truncated" : "too long";
    fail(WHERE, `${fault}: the header describes ${covered} bytes of values, the file has ${available}`);
  }
}

function decode({ name, dtype: stored, shape, begin, end }: Entry, values: Uint8Array): HostTensor {
  const { dtype, decode } = STORED[stored];
  try {
    return { data: decode(values.slice(begin, end).buffer as ArrayBuffer), shape, dtype };
  } catch (cause) {
    return fail(WHERE, `tensor "${name}": ${stored} value ${(cause as Error).message} does not fit ${dtype}`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
