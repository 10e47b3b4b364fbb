/** Where loaders take a file from: bytes, a path, a URL. Gzipped files are unpacked. */
import { readFile } from "#platform";
import { fail } from "../base/errors.ts";
import { show } from "../base/show.ts";
import { download } from "./download.ts";
import { gunzip, isGzip } from "./gunzip.ts";

/** A file: its bytes, a path (Node), or an address, whose content is kept after the first download. */
export type FileSource =
  | Uint8Array
  | { readonly path: string }
  | { readonly url: string /** SHA-256 as 64 hex digits; default: no check. */; readonly checksum?: string };

/** What messages call the file. */
export function nameOf(source: FileSource): string {
  if (source instanceof Uint8Array || Object(source) !== source) return "file";
  return "path" in source ? source.path : source.url;
}

/** @throws HeddleError when the file is missing, cannot be downloaded, or its gzip data is corrupt */
export async function readSource(where: string, source: FileSource): Promise<Uint8Array> {
  const bytes = await bytesOf(where, source);
  return isGzip(bytes) ? gunzip(where, nameOf(source), bytes) : bytes;
}

async function bytesOf(where: string, source: FileSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (typeof source === "object" && source !== null) {
    if ("path" in source) return readFile(source.path);
    if ("url" in source) return download(where, source.url, source.checksum);
  }
  return fail(where, `a file is given as bytes, { path } or { url }: got ${show(source)}`);
}
