/**
 * NumPy's .npz: named arrays, a zip archive of .npy files. The zip library (fflate) is fetched when a file is read or
 * written, so programs without npz do not carry it. It does not compare the archive's checksums.
 */
import { fail, HeddleError } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { readNpy, writeNpy } from "./npy.ts";

const ENDING = ".npy";
/** The earliest that zip can write: the same arrays make the same bytes. */
const NO_TIME = [1980, 0, 1] as const;

const npzOptions = options({
  /** Makes the file smaller, in more time (as `numpy.savez_compressed`). Default false. */
  compress: flag(false),
});

/** Options of {@link writeNpz}. */
export interface NpzOptions extends OptionsOf<typeof npzOptions> {}

/** Whether the bytes start as a zip archive does. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * Reads every array of the archive, by {@link readNpy}'s rules, in the archive's order.
 * @throws HeddleError when the archive or an array in it is corrupt, or a member is no array
 */
export async function readNpz(bytes: Uint8Array): Promise<ReadonlyMap<string, HostTensor>> {
  const { unzipSync } = await import("fflate");
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes);
  } catch (cause) {
    throw new HeddleError("npz", `no zip archive, or a corrupt one: ${(cause as Error).message}`, { cause });
  }
  return new Map(
    Object.entries(members).map(([member, file]) => {
      if (!member.endsWith(ENDING)) fail("npz", `every member is an array NAME.npy: got "${member}"`);
      return [member.slice(0, -ENDING.length), readNpy(file, member)];
    }),
  );
}

/**
 * Writes named arrays (float32, int32, uint32 and bool keep their types).
 * @throws HeddleError when an option is wrong, a name occurs twice, or values do not fill their shape
 */
export async function writeNpz(
  tensors: Iterable<readonly [name: string, tensor: HostTensor]>,
  options?: NpzOptions,
): Promise<Uint8Array> {
  const { compress } = npzOptions.read("writeNpz", options);
  const members = new Map<string, Uint8Array>();
  for (const [name, tensor] of tensors) {
    if (members.has(name + ENDING)) fail("npz", `names must be unique: got "${name}" twice`);
    members.set(name + ENDING, writeNpy(tensor, {}, `"${name}"`));
  }
  const { zipSync } = await import("fflate");
  return zipSync(Object.fromEntries(members), { level: compress ? 6 : 0, mtime: new Date(...NO_TIME) });
}
