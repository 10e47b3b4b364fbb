// Features of pages: `using`, and MNIST from a URL, stored in Cache Storage.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleSource } from "./bundle.ts";
import { browserPath, launchChromium, runInPage, type Site, serve } from "./harness.ts";

describe.skipIf(!browserPath)("a page", () => {
  let folder: string;
  let site: Site;
  let browser: Browser;

  async function run<T>(program: string): Promise<T> {
    await bundleSource(program, folder);
    return runInPage<T>(browser, site.url);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-page-"));
    site = await serve({ "/": folder });
    browser = await launchChromium({ webgpu: false });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await rm(folder, { recursive: true });
  });

  it("frees what `using` holds", async () => {
    const program = `
      import { memory, setDevice, tensor } from "./index.ts";
      const count = () => memory().tensors.length;
      async function inside() {
        using x = tensor([1, 2, 3]);
        return [Array.from(await x.data()), count()];
      }
      await setDevice("wasm");
      const before = count();
      const [values, held] = await inside();
      globalThis.__result = [values, held - before, count() - before];`;
    expect(await run(program)).toEqual([[1, 2, 3], 1, 0]);
  });

  it("stores MNIST in Cache Storage", async () => {
    const checksums = await writeMnist(join(folder, "mnist"));
    const program = `
      import { mnist } from "./data/mnist.ts";
      const url = location.origin + "/mnist";
      const downloads = () => performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(url));
      const load = async () => {
        const { train, test } = await mnist({ url, checksums: ${JSON.stringify(checksums)} });
        const [[x, y]] = train.hostBatches();
        return [train.length, test.length, x.shape, [...y.data], downloads().length];
      };
      const results = [await load(), await load()];
      await (await caches.open("heddle")).delete(url + "/t10k-labels-idx1-ubyte.gz");
      globalThis.__result = [...results, await load()];`;
    const loaded = [3, 2, [3, 2, 2, 1], [0, 1, 2]];
    expect(await run(program)).toEqual([
      [...loaded, 4],
      [...loaded, 4],
      [...loaded, 5],
    ]);
  });
});

/** Four tiny files in MNIST's format, 3 training and 2 test images of 2×2; returns their checksums by name. */
async function writeMnist(directory: string): Promise<Record<string, string>> {
  const word = (n: number): number[] => [0, 0, n >>> 8, n & 255];
  const checksums: Record<string, string> = {};
  await mkdir(directory, { recursive: true });
  for (const [part, n] of [["train", 3] as const, ["t10k", 2] as const]) {
    const images = [0, 0, 8, 3, ...word(n), ...word(2), ...word(2), ...Array<number>(4 * n).fill(255)];
    const labels = [0, 0, 8, 1, ...word(n), ...Array(n).keys()];
    for (const [kind, bytes] of [["images-idx3", images] as const, ["labels-idx1", labels] as const]) {
      const name = `${part}-${kind}-ubyte.gz`;
      const packed = gzipSync(Uint8Array.from(bytes));
      checksums[name] = createHash("sha256").update(packed).digest("hex");
      await writeFile(join(directory, name), packed);
    }
  }
  return checksums;
}
