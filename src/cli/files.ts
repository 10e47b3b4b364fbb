/** Files that commands write: refused before the work, not after it. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "../base/errors.ts";

/** @throws HeddleError when `path` is a folder, or lies where nothing can be written */
export async function checkWritable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) fail("save", `${path} is a folder: name a file`);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const entry = await stat(folder).catch(() => undefined);
    if (!entry && folder !== dirname(folder)) continue;
    const isWritable =
      entry?.isDirectory() &&
      (await access(folder, constants.W_OK).then(
        () => true,
        () => false,
      ));
    return isWritable
      ? undefined
      : fail("save", `cannot write ${path}: ${folder} is no folder that can be written to`);
  }
}

export const sizeOfFile = async (path: string): Promise<number> => (await stat(path)).size;
