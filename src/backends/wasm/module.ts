/** Picks, decodes and compiles one of the wasm binaries, and makes the memory that it runs over. */
import { asset } from "#platform";
import { fail, HeddleError } from "../../base/errors.ts";

export interface Binary {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
}

export interface BinaryOptions {
  /** Undefined: where the engine has it. */
  readonly relaxed?: boolean;
  /** Shared memory, for several threads. */
  readonly shared: boolean;
  /** With all kernels; without, the core that computes first. */
  readonly full: boolean;
  /** A folder with the binaries, instead of the bytes in the package. */
  readonly wasmUrl?: string;
}

/** The functions of `assembly/index.ts`. */
export interface Kernels {
  heapBase(): number;
  runAlone(list: number, count: number, scratch: number): void;
  lead(control: number, list: number, count: number, threads: number, scratch: number): number;
  stop(control: number, reason: number): void;
}

const PAGE = 65536;
const MAX_PAGES = 65536;

/** (func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd …)) */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);
/** (func (result v128) (i32x4.splat (i32.const 0))) */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 17, 11],
);

/** Fetches a binary and compiles it in the background. */
export async function loadBinary(options: BinaryOptions): Promise<Binary> {
  const relaxed = hasRelaxed(options);
  const bytes = await bytesOf(options, relaxed);
  return { module: await WebAssembly.compile(bytes()), relaxed };
}

/** Fetches a binary, or finds it in a file; the function compiles it at once. */
export async function fetchBinary(options: BinaryOptions): Promise<() => Binary> {
  const relaxed = hasRelaxed(options);
  const bytes = await bytesOf(options, relaxed);
  return () => ({ module: new WebAssembly.Module(bytes()), relaxed });
}

/** Whether the binary has relaxed SIMD. Fails where the engine has no SIMD, or not the one that was asked for. */
function hasRelaxed(options: BinaryOptions): boolean {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD_PROBE)) {
    fail("wasm", "this engine has no WebAssembly SIMD");
  }
  const relaxed = options.relaxed !== false && hasRelaxedSimd();
  if (options.relaxed && !relaxed) fail("wasm", "this engine has no relaxed SIMD");
  return relaxed;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Where the bytes of a binary come from: a folder of the user's, a file of the package in Node, a text that is bundled. */
async function bytesOf({ wasmUrl, full, shared }: BinaryOptions, relaxed: boolean): Promise<() => Bytes> {
  const name = `heddle${full ? "" : "-core"}${relaxed ? "-relaxed" : ""}.wasm`;
  const read = wasmUrl ? await fetched(wasmUrl, name) : (asset(name) ?? (await bundled(full, relaxed)));
  return () => {
    const bytes = read();
    if (!shared) clearSharedBit(bytes);
    return bytes;
  };
}

/** Node 20 has relaxed SIMD behind a flag that takes effect for modules compiled after it is set. */
function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(RELAXED_PROBE)) return true;
  const v8 = nodeModule("node:v8");
  try {
    v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  } catch {
    return false;
  }
  return WebAssembly.validate(RELAXED_PROBE);
}

/** A module of Node without an import that bundlers would follow; undefined elsewhere. */
export function nodeModule<Id extends "node:v8" | "node:worker_threads" | "node:os">(id: Id) {
  return globalThis.process?.getBuiltinModule?.(id);
}

async function bundled(full: boolean, relaxed: boolean): Promise<() => Bytes> {
  const { wasm } = full
    ? relaxed
      ? await import("./generated/relaxed.ts")
      : await import("./generated/plain.ts")
    : relaxed
      ? await import("./generated/relaxedCore.ts")
      : await import("./generated/plainCore.ts");
  return () => decode(wasm);
}

/** The bytes that `tools/build-wasm.mjs` wrote as text, and how: "#" to "~" are numbers, " " and "!" add 91 and 182. */
function decode(text: string): Bytes {
  const bytes: number[] = [];
  let added = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 35) added = 91 * (code - 31);
    else {
      // The backslash is left out; the array takes numbers modulo 256.
      bytes.push(added + code - (code > 92 ? 36 : 35) - 8);
      added = 0;
    }
  }
  return Uint8Array.from(bytes);
}

async function fetched(folder: string, name: string): Promise<() => Bytes> {
  const url = folder.replace(/\/?$/, `/${name}`);
  try {
    const response = await fetch(url);
    if (!response.ok) fail("wasm", `cannot load ${url}: HTTP status ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return () => bytes;
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw new HeddleError("wasm", `cannot load ${url}`, { cause });
  }
}

/** Without SharedArrayBuffer the same binary runs over ordinary memory: its import must not ask for a shared one. */
function clearSharedBit(bytes: Uint8Array): void {
  const IMPORTS = 2;
  const SHARED = 2;
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skip = (): void => {
    const length = number();
    at += length;
  };
  while (at < bytes.length && bytes[at++] !== IMPORTS) skip();
  number(); // The section's length.
  // One import, the memory: its module, its name, its kind, then the flags of its limits.
  if (number() === 1) {
    skip();
    skip();
    bytes[at + 1] &= ~SHARED;
    return;
  }
  fail("wasm", "the binary does not import exactly one memory");
}

/** A memory that may grow to `limit` bytes, or to as much as the engine grants. */
export function createMemory(bytes: number, limit: number, shared: boolean): WebAssembly.Memory {
  const initial = Math.ceil(bytes / PAGE);
  let maximum = Math.max(initial, Math.min(MAX_PAGES, Math.ceil(limit / PAGE)));
  for (;;) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared });
    } catch (cause) {
      if (maximum === initial) throw new HeddleError("wasm", `cannot reserve ${bytes} bytes`, { cause });
      maximum = Math.max(initial, maximum >> 1);
    }
  }
}

/** Grows the memory to at least `end` bytes; false where that is refused. */
export function growMemory(memory: WebAssembly.Memory, end: number): boolean {
  const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
  if (missing <= 0) return true;
  try {
    memory.grow(missing);
    return true;
  } catch {
    return false;
  }
}
