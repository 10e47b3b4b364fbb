// The browser's side of files: private file system, Cache Storage, pictures, breaks.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchChromium, runModule, type Site, serve } from "../browser/harness.ts";

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** Bundles a program, written as if it stood in src/, for browsers. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: source("."), loader: "ts" },
    alias: { "#platform": source("platform/browser.ts") },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  return outputFiles[0].text;
}

describe.skipIf(!browserPath)("io in a browser", () => {
  let folder: string;
  let site: Site;
  let browser: Browser;
  const run = async (program: string) => runModule(browser, site, await bundle(program));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-io-"));
    site = await serve({ "/": folder });
    browser = await launchChromium({ webgpu: false });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await rm(folder, { recursive: true });
  });

  it("saves to the private file system and reads it again", async () => {
    const program = `
      import { opfs } from "./io/stores.ts";
      const store = opfs("model.safetensors");
      const missing = await store.read().catch((error) => error.message);
      await store.write(new Uint8Array([1, 2, 3]));
      await store.write(new Uint8Array([4, 5]));
      globalThis.__result = [missing, ...(await store.read())];`;
    expect(await run(program)).toEqual(["[opfs] cannot read model.safetensors: no such file", 4, 5]);
  });

  it("downloads once, and keeps nothing that is wrong", async () => {
    await writeFile(join(folder, "data.bin"), "right");
    const checksum = createHash("sha256").update("right").digest("hex");
    const program = `
      import { download } from "./data/download.ts";
      const url = location.origin + "/data.bin";
      const wrong = await download("test", url, "0".repeat(64)).catch((error) => error.message);
      const text = async () => new TextDecoder().decode(await download("test", url, "${checksum}"));
      const fetched = performance.getEntriesByName(url).length;
      await text();
      globalThis.__result = [wrong, await text(), performance.getEntriesByName(url).length - fetched];`;
    expect(await run(program)).toEqual([
      `[test] checksum of ${site.url}data.bin does not match: got ${checksum}, expected ${"0".repeat(64)}`,
      "right",
      1,
    ]);
  });

  it("decodes pictures and rejects corrupt ones", async () => {
    const file = new PNG({ width: 3, height: 2 });
    const pixels = Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : i * 10));
    file.data = Buffer.from(pixels);
    const bytes = [...PNG.sync.write(file)];
    const program = `
      import { decodeImage } from "./io/image.ts";
      const bytes = new Uint8Array(${JSON.stringify(bytes)});
      const { width, height, data } = await decodeImage(bytes);
      const corrupt = await decodeImage(bytes.subarray(0, 40)).catch((error) => error.message.slice(0, 26));
      globalThis.__result = [width, height, [...data], corrupt];`;
    expect(await run(program)).toEqual([3, 2, pixels, "[image] corrupt PNG file: "]);
  });

  it("writes and reads npz, downloads a table, augments", async () => {
    await writeFile(join(folder, "table.csv"), "a,b,y\n1,2,no\n3,4,yes\n");
    const program = `
      import { csv } from "./data/csv.ts";
      import { pad } from "./data/augment/frame.ts";
      import { dataset } from "./data/dataset.ts";
      import { readNpz, writeNpz } from "./io/npz.ts";
      const { data, classes } = await csv({ url: location.origin + "/table.csv" }, { label: "y" });
      const [[x]] = data.hostBatches();
      const file = await writeNpz([["x", x]], { compress: true });
      const pictures = dataset([(await readNpz(file)).get("x").data]).map(([v]) => [{ data: v.data, shape: [1, 1] }]);
      const [[picture]] = pictures.augment([pad({ pixels: [0, 1] })]).skip(3);
      globalThis.__result = [classes.join(), ...picture.data];`;
    expect(await run(program)).toEqual(["no,yes", 0, 4, 0]);
  });

  it("lets other tasks run", async () => {
    const program = `
      import { cooperate } from "./data/slices.ts";
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      function* work() {
        for (const end = performance.now() + 5000; ticks < 4 && performance.now() < end; ) yield;
      }
      await cooperate(work());
      clearInterval(ticking);
      globalThis.__result = ticks > 3;`;
    expect(await run(program)).toBe(true);
  });
});
