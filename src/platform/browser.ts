/**
 * What Heddle asks of its host, in browsers (windows and workers): Cache Storage, pictures, a turn of the event loop.
 * The same names as `node.ts`; what only Node has fails with a hint.
 */
import { fail } from "../base/errors.ts";
import type { Folder, Picture, PictureFormat } from "./types.ts";

const CACHE = "heddle";

export function environment(_name: string): string | undefined {
  return undefined;
}

/** Pages verify nothing: the code for it is in none of their chunks. */
export async function segmentVerifier(): Promise<undefined> {}

/** A page fetches what it needs. */
export function asset(_name: string): (() => Uint8Array<ArrayBuffer>) | undefined {
  return undefined;
}

/** WebGPU, or undefined in a browser without it. */
export async function gpu(): Promise<GPU | undefined> {
  return navigator.gpu;
}

/**
 * Ends the current task, so that timers, messages and input get their turn. A message to oneself: timers are held
 * back to 4 ms, and `scheduler.yield` comes back before other tasks have run.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

export const joinPath = (...parts: string[]): string => parts.join("/");

export async function fileExists(_path: string): Promise<boolean> {
  return false;
}

export async function readFolder(path: string): Promise<Folder> {
  return fail("file", `browsers have no folders: got ${path}; use bytes or a url`);
}

export async function readFile(path: string): Promise<Uint8Array> {
  return fail("file", `browsers have no files: got ${path}; use bytes, opfs(name) or a url`);
}

export async function writeFile(path: string, _bytes: Uint8Array): Promise<void> {
  fail("file", `browsers have no files: got ${path}; use opfs(name) or memory()`);
}

export async function removeFile(path: string): Promise<void> {
  fail("file", `browsers have no files: got ${path}; use opfs(name) or memory()`);
}

/** Bytes kept by an earlier {@link writeCache} under `url`, or undefined. */
export async function readCache(url: string): Promise<Uint8Array | undefined> {
  try {
    const kept = await (await caches.open(CACHE)).match(url);
    return kept && new Uint8Array(await kept.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Keeps `bytes` under `url`; where that is impossible (no quota, no secure context) the next visit downloads again. */
export async function writeCache(url: string, bytes: Uint8Array): Promise<void> {
  try {
    await (await caches.open(CACHE)).put(url, new Response(unshared(bytes)));
  } catch {
    // Only a cache.
  }
}

/** @throws whatever the decoder throws on a corrupt file. */
export async function decodePicture(bytes: Uint8Array, format: PictureFormat): Promise<Picture> {
  const blob = new Blob([unshared(bytes)], { type: `image/${format}` });
  // Straight alpha and raw values, as the decoders in Node give.
  const bitmap = await createImageBitmap(blob, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) return fail("image", "this browser gave no 2-D canvas to decode pictures with");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/** Platform interfaces take no views of shared memory. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
