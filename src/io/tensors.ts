/** Named tensors from a file of any format that Heddle reads. */
import type { HostTensor } from "../base/host.ts";
import { isNpy, readNpy } from "./npy.ts";
import { isZip, readNpz } from "./npz.ts";
import { readSafetensors } from "./safetensors.ts";
import { openStore, type StoreLike } from "./stores.ts";

/**
 * Reads a safetensors, npz or npy file (recognised by its first bytes; the one array of an npy file is named `""`).
 *
 * @example
 * const weights = await readTensors("resnet.safetensors");
 * @throws HeddleError when the file is missing, corrupt, or of another format
 */
export async function readTensors(source: StoreLike): Promise<ReadonlyMap<string, HostTensor>> {
  const bytes = await openStore(source).read();
  if (isNpy(bytes)) return new Map([["", readNpy(bytes)]]);
  return isZip(bytes) ? readNpz(bytes) : readSafetensors(bytes).tensors;
}
