/** Gzip, read with what every host has: DecompressionStream. */
import { HeddleError } from "../base/errors.ts";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** @throws HeddleError when the stream is corrupt or cut short. */
export async function gunzip(where: string, name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  try {
    const plain = packed.pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (cause) {
    throw new HeddleError(where, `${name}: gzip data is corrupt or cut short`, { cause });
  }
}
