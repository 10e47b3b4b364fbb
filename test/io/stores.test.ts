import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directory, file, memory, openStore, opfs } from "../../src/io/stores.ts";
import * as browser from "../../src/platform/browser.ts";
import * as node from "../../src/platform/node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-stores-"));
});
afterEach(() => rm(folder, { recursive: true }));

const OLD = new Uint8Array([1, 2, 3]);
const NEW = new Uint8Array([4, 5]);

describe("file and directory", () => {
  it("writes, replaces and reads, making folders", async () => {
    for (const store of [file(join(folder, "deep", "er", "model")), directory(join(folder, "models"))]) {
      await store.write(OLD);
      await store.write(NEW);
      expect(await store.read()).toEqual(NEW);
    }
    expect(await readdir(join(folder, "models"))).toEqual(["model.safetensors"]);
    expect(await readdir(join(folder, "deep", "er"))).toEqual(["model"]);
  });

  it("says what is missing", async () => {
    const path = join(folder, "none");
    await expect(file(path).read()).rejects.toThrow(`[file] cannot read ${path}: no such file or folder`);
    await expect(file(folder).read()).rejects.toThrow(`[file] cannot read ${folder}: it is a folder`);
  });

  it("leaves nothing behind when it fails", async () => {
    const taken = join(folder, "taken");
    await mkdir(join(taken, "inside"), { recursive: true });
    await expect(file(taken).write(NEW)).rejects.toThrow(`[file] cannot write ${taken}: `);
    expect(await readdir(folder)).toEqual(["taken"]);
    await writeFile(join(folder, "plain"), OLD);
    await expect(file(join(folder, "plain", "x")).write(NEW)).rejects.toThrow("[file] cannot write ");
    expect(await file(join(folder, "plain")).read()).toEqual(OLD);
  });

  it("keeps the old file whole when the process is killed midway", async () => {
    const path = join(folder, "model");
    await writeFile(path, OLD);
    // Killed where the new bytes are written but not yet in place.
    const contents = `
      import { open } from "node:fs/promises";
      import { writeFile } from "./node.ts";
      const probe = await open(process.argv[1]);
      Object.getPrototypeOf(probe).sync = () => process.kill(process.pid, "SIGKILL");
      await writeFile(process.argv[1], new Uint8Array(100_000));`;
    const resolveDir = fileURLToPath(new URL("../../src/platform", import.meta.url));
    const { outputFiles } = await build({
      stdin: { contents, resolveDir, loader: "ts" },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      external: ["pngjs", "jpeg-js"],
    });
    const child = spawn(process.execPath, ["--input-type=module", "-e", outputFiles[0].text, path]);
    const signal = await new Promise((resolve) => child.on("exit", (_, killed) => resolve(killed)));
    expect(signal).toBe("SIGKILL");
    expect((await readdir(folder)).length).toBe(2);
    expect(new Uint8Array(await readFile(path))).toEqual(OLD);
    await file(path).write(NEW);
    expect(await file(path).read()).toEqual(NEW);
    expect(await readdir(folder)).toEqual(["model"]);
  });

  it("leaves alone what another process is writing", async () => {
    const path = join(folder, "model");
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
    const names = [`model.${child.pid}-0123abcd.tmp`, "model.1.tmp", "other.1-0123abcd.tmp"];
    for (const name of names) await writeFile(join(folder, name), OLD);
    await file(path).write(NEW);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    expect(await readdir(folder)).toEqual(["model", ...names].sort());
    await file(path).write(OLD);
    expect(await readdir(folder)).toEqual(["model", ...names.slice(1)].sort());
  });

  it("says whether there is something", async () => {
    const store = file(join(folder, "model"));
    expect(await store.exists?.()).toBe(false);
    await store.write(NEW);
    expect(await store.exists?.()).toBe(true);
  });
});

describe("memory and bytes", () => {
  it("keeps copies", async () => {
    const store = memory();
    await expect(store.read()).rejects.toThrow("[memory] nothing was saved here yet");
    const bytes = OLD.slice();
    await store.write(bytes);
    bytes.fill(0);
    (await store.read()).fill(9);
    expect(await store.read()).toEqual(OLD);
  });

  it("takes a path, a store or bytes where a store is expected", async () => {
    const path = join(folder, "model");
    await openStore(path).write(OLD);
    expect(await openStore(path).read()).toEqual(OLD);
    expect(await openStore(OLD).read()).toEqual(OLD);
    await expect(openStore(OLD).write(NEW)).rejects.toThrow("[store] a Uint8Array can only be read");
    const store = memory();
    expect(openStore(store)).toBe(store);
    expect(() => openStore(7 as never)).toThrow(
      "[store] expected a path, a store or a Uint8Array: got number",
    );
    expect(() => openStore(null as never)).toThrow("got null");
  });
});

describe("platforms", () => {
  it("export the same names", () => {
    expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  });

  it("throw an error for a place that only the other platform has", async () => {
    await expect(opfs("model").read()).rejects.toThrow("[opfs] only browsers, on secure pages");
    await expect(browser.readFile("model")).rejects.toThrow("[file] browsers have no files: got model");
    await expect(browser.writeFile("model", OLD)).rejects.toThrow("use opfs(name) or memory()");
    await browser.nextTask();
  });
});
