/** Places that keep the bytes of a saved model. Writing replaces the old content whole, or leaves it whole. */
import { fileExists, joinPath, readFile, removeFile, writeFile } from "#platform";
import { fail, HeddleError } from "../base/errors.ts";

/** A place that keeps files by name. */
export interface Store {
  /** @throws HeddleError when there is nothing, or it cannot be read */
  read(): Promise<Uint8Array>;
  /** @throws HeddleError when it cannot be written; then the old content is still there */
  write(bytes: Uint8Array): Promise<void>;
  /** Whether there is something to read: what resuming a training asks. */
  exists?(): Promise<boolean>;
  /** Forgets the content, if there is any: what old checkpoints need. */
  remove?(): Promise<void>;
}

/** What is accepted where a store is expected: a path in Node is a {@link file}; bytes can only be read. */
export type StoreLike = Store | string | Uint8Array;

/** A file (Node). It is replaced in one step: a failed or killed save leaves the old one. */
export function file(path: string): Store {
  return {
    read: () => readFile(path),
    write: (bytes) => writeFile(path, bytes),
    exists: () => fileExists(path),
    remove: () => removeFile(path),
  };
}

/** The file `name` in a folder, which is made when needed (Node). Default name `model.safetensors`. */
export function directory(path: string, { name = "model.safetensors" }: { name?: string } = {}): Store {
  return file(joinPath(path, name));
}

/** Memory of this process or page. */
export function memory(): Store {
  let kept: Uint8Array | undefined;
  return {
    read: async () => kept?.slice() ?? fail("memory", "nothing was saved here yet"),
    write: async (bytes) => {
      kept = bytes.slice();
    },
    exists: async () => kept !== undefined,
    remove: async () => {
      kept = undefined;
    },
  };
}

/** A file in the page's private file system (browsers; it stays until the site's data is cleared). */
export function opfs(name: string): Store {
  const root = () => {
    if (!globalThis.navigator?.storage?.getDirectory) {
      fail("opfs", "only browsers, on secure pages, have a private file system: use file(path) or memory()");
    }
    return navigator.storage.getDirectory();
  };
  const open = async (create: boolean) => (await root()).getFileHandle(name, { create });
  return {
    async read() {
      try {
        return new Uint8Array(await (await (await open(false)).getFile()).arrayBuffer());
      } catch (cause) {
        throw explained(`cannot read ${name}`, cause);
      }
    },
    async write(bytes) {
      try {
        // The stream writes to a copy that takes the file's place when it is closed.
        const stream = await (await open(true)).createWritable();
        try {
          await stream.write(bytes.slice());
        } catch (cause) {
          await stream.abort();
          throw cause;
        }
        await stream.close();
      } catch (cause) {
        throw explained(`cannot write ${name}`, cause);
      }
    },
    async exists() {
      try {
        await open(false);
        return true;
      } catch (cause) {
        if ((cause as Error).name === "NotFoundError") return false;
        throw explained(`cannot read ${name}`, cause);
      }
    },
    async remove() {
      try {
        await (await root()).removeEntry(name);
      } catch (cause) {
        if ((cause as Error).name !== "NotFoundError") throw explained(`cannot remove ${name}`, cause);
      }
    },
  };
}

/** Bytes to read from; whoever saves needs a place that can be written to. */
function fixed(bytes: Uint8Array): Store {
  return {
    read: async () => bytes,
    exists: async () => true,
    write: async () =>
      fail("store", "a Uint8Array can only be read: save to a path, directory(path), opfs(name) or memory()"),
  };
}

/** @throws HeddleError when `where` is no store */
export function openStore(where: StoreLike): Store {
  if (typeof where === "string") return file(where);
  if (where instanceof Uint8Array) return fixed(where);
  if (typeof where?.read === "function" && typeof where.write === "function") return where;
  return fail(
    "store",
    `expected a path, a store or a Uint8Array: got ${where === null ? "null" : typeof where}`,
  );
}

function explained(what: string, cause: unknown): HeddleError {
  if (cause instanceof HeddleError) return cause;
  const { name, message } = cause as Error;
  return new HeddleError("opfs", `${what}: ${name === "NotFoundError" ? "no such file" : message}`, {
    cause,
  });
}
