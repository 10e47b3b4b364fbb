/**
 * Downloads that are kept: on disk in Node (`~/.cache/heddle` or `XDG_CACHE_HOME`), in Cache Storage in browsers.
 * Only bytes with the right SHA-256 are kept, and they are checked again when they come back.
 */
import { readCache, writeCache } from "#platform";
import { fail, HeddleError } from "../base/errors.ts";

/**
 * The bytes behind `url`, from the cache where possible.
 * @param where component for messages
 * @param checksum SHA-256 as 64 hex digits; without it nothing is checked, and a kept copy is believed
 * @throws HeddleError when the download fails, or its checksum is not the expected one
 */
export async function download(where: string, url: string, checksum?: string): Promise<Uint8Array> {
  const kept = await readCache(url);
  if (kept && (checksum === undefined || (await sha256(where, kept)) === checksum)) return kept;
  const bytes = await fetchBytes(where, url);
  if (checksum !== undefined) {
    const got = await sha256(where, bytes);
    if (got !== checksum) fail(where, `checksum of ${url} does not match: got ${got}, expected ${checksum}`);
  }
  await writeCache(url, bytes);
  return bytes;
}

async function fetchBytes(where: string, url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new HeddleError(where, `could not download ${url}: ${reason(cause)}`, { cause });
  }
  return fail(where, `could not download ${url}: ${response.status} ${response.statusText}`);
}

/** `fetch` hides the reason one level down. */
function reason(cause: unknown): string {
  const error = cause as Error;
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}

async function sha256(where: string, bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    return fail(
      where,
      "checksums need a secure context (https or localhost); pass `checksums: false` to go without",
    );
  }
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
