/**
 * What Heddle asks of its host, in Node: files, a download cache, pictures, a turn of the event loop.
 * `browser.ts` exports the same names; the imports map picks one, so no `node:` import reaches a browser build.
 */
import { mkdir, open, readFile as readBytes, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { HeddleError } from "../base/errors.ts";
import type { Folder, Picture, PictureFormat } from "./types.ts";

/** The environment variable, or undefined when it is unset or empty. */
export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}

/**
 * The verifier of segments, if `HEDDLE_DEBUG` is set. Fetched from here, since this file alone is in no page's bundle.
 */
export async function segmentVerifier() {
  if (!environment("HEDDLE_DEBUG")) return undefined;
  return (await import("../kernel/verify/segment.ts")).verifySegment;
}

/**
 * Reads a file of the package's `dist/assets`, at once. Undefined where there is none: in a program that was bundled, and
 * in the sources.
 */
export function asset(name: string): (() => Uint8Array<ArrayBuffer>) | undefined {
  // An import would load what is seldom used, its streams.
  const { existsSync, readFileSync } = process.getBuiltinModule("node:fs");
  try {
    const url = new URL(`../assets/${name}`, import.meta.url);
    return existsSync(url) ? () => new Uint8Array(readFileSync(url)) : undefined;
  } catch {
    return undefined; // A bundle without a url of its own.
  }
}

let dawn: Promise<GPU | undefined> | undefined;

/** WebGPU: the optional package `webgpu` (Dawn), or undefined where it is not installed or cannot be loaded. */
export function gpu(): Promise<GPU | undefined> {
  // Kept for good: adapters and devices do not outlive the instance.
  dawn ??= import("webgpu").then(
    ({ create }) => create(dawnFlags()),
    () => undefined,
  );
  return dawn;
}

/** SwiftShader compiles pipelines 10 to 20 times faster so; a real GPU is better off without. */
function dawnFlags(): string[] {
  return /swiftshader/i.test(environment("VK_ICD_FILENAMES") ?? "")
    ? ["disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension"]
    : [];
}

/** Ends the current task, so that timers, messages and (in browsers) input get their turn. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export const joinPath: (...parts: string[]) => string = join;

export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** @throws HeddleError when the folder is missing or cannot be read. */
export async function readFolder(path: string): Promise<Folder> {
  try {
    const entries = await readdir(path);
    const stats = await Promise.all(entries.map((name) => stat(join(path, name)).catch(() => undefined)));
    const named = (keep: (i: number) => boolean | undefined) => entries.filter((_, i) => keep(i)).sort();
    return {
      files: named((i) => stats[i]?.isFile()),
      folders: named((i) => stats[i]?.isDirectory()),
    };
  } catch (cause) {
    throw new HeddleError("file", `cannot read ${path}: ${reason(cause)}`, { cause });
  }
}

/** @throws HeddleError when the file is missing or cannot be read. */
export async function readFile(path: string): Promise<Uint8Array> {
  try {
    return plain(await readBytes(path));
  } catch (cause) {
    throw new HeddleError("file", `cannot read ${path}: ${reason(cause)}`, { cause });
  }
}

/** Temporary files that this process is writing. */
const writing = new Set<string>();

/**
 * Replaces the file in one step, making its folder if needed: whatever fails, or kills the process, midway,
 * the old content stays whole. Removes what killed processes left beside it.
 * @throws HeddleError when the folder or the disk refuses.
 */
export async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;
  writing.add(temporary);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await removeAbandoned(path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new HeddleError("file", `cannot write ${path}: ${reason(cause)}`, { cause });
  } finally {
    writing.delete(temporary);
  }
}

/** Removes temporary files of `path` whose process does not run any more. A folder that cannot be read is left alone. */
async function removeAbandoned(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const [, pid] =
      (name.startsWith(prefix) && /^(\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(prefix.length))) || [];
    const temporary = join(dirname(path), name);
    if (pid === undefined || writing.has(temporary) || isOtherProcess(Number(pid))) continue;
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Whether it runs, and is not this one. */
function isOtherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Removes the file, if there is one. @throws HeddleError when the folder refuses. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw new HeddleError("file", `cannot remove ${path}: ${reason(cause)}`, { cause });
  }
}

/** Bytes kept by an earlier {@link writeCache} under `url`, or undefined. */
export async function readCache(url: string): Promise<Uint8Array | undefined> {
  return readBytes(cachePath(url)).then(plain, () => undefined);
}

/** Keeps `bytes` under `url`; where that is impossible the next run downloads again. */
export async function writeCache(url: string, bytes: Uint8Array): Promise<void> {
  await writeFile(cachePath(url), bytes).catch(() => {});
}

function cachePath(url: string): string {
  const root = environment("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return join(root, "heddle", url.replace(/^\w+:\/\//, "").replace(/[^\w.-]+/g, "_"));
}

/** @throws whatever the decoder throws on a corrupt file. */
export async function decodePicture(bytes: Uint8Array, format: PictureFormat): Promise<Picture> {
  if (format === "png") {
    const { PNG } = await import("pngjs");
    return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  const jpeg = await import("jpeg-js");
  return jpeg.default.decode(bytes, { useTArray: true, formatAsRGBA: true });
}

/** Users get arrays that behave alike everywhere; a Buffer does not. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

const REASONS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code && REASONS[code]) || message;
}
