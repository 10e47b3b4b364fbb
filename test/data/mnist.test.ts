import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mnist } from "../../src/data/mnist.ts";

const NAMES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(
  (name) => `${name}-ubyte`,
);

const word = (n: number) => [0, 0, n >>> 8, n & 255];
const images = (n: number) =>
  Uint8Array.from([0, 0, 8, 3, ...word(n), ...word(2), ...word(2), ...Array(4 * n).fill(255)]);
const labels = (n: number) => Uint8Array.from([0, 0, 8, 1, ...word(n), ...Array(n).keys()]);
/** Four tiny files in MNIST's format: 3 training and 2 test images of 2×2. */
const FILES = new Map([images(3), labels(3), images(2), labels(2)].map((bytes, i) => [NAMES[i], bytes]));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-mnist-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function fill(directory: string, rename = (name: string) => name, pack = false) {
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of FILES) {
    await writeFile(join(directory, rename(name) + (pack ? ".gz" : "")), pack ? gzipSync(bytes) : bytes);
  }
}

describe("mnist from a folder", () => {
  it("reads either spelling, packed or plain", async () => {
    const dotted = (name: string) => name.replace("-idx", ".idx");
    await fill(join(folder, "plain"));
    await fill(join(folder, "dotted"), dotted);
    await fill(join(folder, "packed"), undefined, true);
    for (const name of ["plain", "dotted", "packed"]) {
      const { train, test } = await mnist({ directory: join(folder, name) });
      expect([train.length, test.length]).toEqual([3, 2]);
      const [[x, y]] = train.hostBatches();
      expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[3, 2, 2, 1], "float32", [3], "int32"]);
      expect([[...new Set(x.data)], [...y.data]]).toEqual([[1], [0, 1, 2]]);
    }
  });

  it("finds HEDDLE_DATA, itself or its mnist folder", async () => {
    vi.stubEnv("HEDDLE_DATA", folder);
    await fill(join(folder, "mnist"));
    expect((await mnist()).test.length).toBe(2);
    vi.stubEnv("HEDDLE_DATA", join(folder, "mnist"));
    expect((await mnist()).test.length).toBe(2);
  });

  it("says which file is missing where, and what to do", async () => {
    await fill(folder);
    await rm(join(folder, NAMES[3]));
    await expect(mnist({ directory: folder })).rejects.toThrow(
      `[mnist] ${folder} has no ${NAMES[3]} or ${NAMES[3]}.gz: put the four MNIST files there`,
    );
  });

  it("rejects files that do not belong together", async () => {
    await fill(folder);
    await writeFile(join(folder, NAMES[1]), labels(2));
    await expect(mnist({ directory: folder })).rejects.toThrow(
      `[mnist] every image has a label: got 3 in ${NAMES[0]} and 2 in ${NAMES[1]}`,
    );
    await writeFile(join(folder, NAMES[1]), images(3));
    await expect(mnist({ directory: folder })).rejects.toThrow(
      `[mnist] ${NAMES[1]} holds bytes of rank 1: got Uint8Array [3, 2, 2]`,
    );
    await writeFile(join(folder, NAMES[1]), labels(3).subarray(0, 9));
    await expect(mnist({ directory: folder })).rejects.toThrow(`[idx] ${NAMES[1]}: truncated`);
  });
});

describe("mnist from a URL", () => {
  let server: Server;
  let url: string;
  let served: Map<string, Buffer>;
  let requests: number;
  let checksums: Record<string, string>;

  beforeEach(async () => {
    vi.stubEnv("HEDDLE_DATA", "");
    vi.stubEnv("XDG_CACHE_HOME", folder);
    served = new Map([...FILES].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
    const sum = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    checksums = Object.fromEntries([...served].map(([name, bytes]) => [name, sum(bytes)]));
    requests = 0;
    server = createServer((request, response) => {
      requests++;
      const bytes = served.get(request.url?.split("/").pop() ?? "");
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
  });
  afterEach(() => {
    server.close().closeAllConnections();
  });

  it("downloads once and keeps the files", async () => {
    expect((await mnist({ url, checksums })).train.length).toBe(3);
    expect(requests).toBe(4);
    expect((await mnist({ url, checksums })).train.length).toBe(3);
    expect(requests).toBe(4);
  });

  it("does not keep a file with a wrong checksum", async () => {
    const good = served.get(`${NAMES[0]}.gz`) as Buffer;
    served.set(`${NAMES[0]}.gz`, gzipSync("something else"));
    const bad = createHash("sha256").update(gzipSync("something else")).digest("hex");
    await expect(mnist({ url, checksums })).rejects.toThrow(
      `[mnist] checksum of ${url}/${NAMES[0]}.gz does not match: got ${bad}, expected ${checksums[`${NAMES[0]}.gz`]}`,
    );
    served.set(`${NAMES[0]}.gz`, good);
    expect((await mnist({ url, checksums })).train.length).toBe(3);
  });

  it("replaces a kept file that was damaged", async () => {
    await mnist({ url, checksums });
    const kept = join(folder, "heddle");
    for (const name of await readdir(kept)) await writeFile(join(kept, name), "rotten");
    expect((await mnist({ url, checksums })).train.length).toBe(3);
    expect(requests).toBe(8);
  });

  it("checks the original's sums by default, none on request", async () => {
    await expect(mnist({ url })).rejects.toThrow("does not match");
    expect((await mnist({ url, checksums: false })).train.length).toBe(3);
  });

  it("says why a download failed", async () => {
    served.delete(`${NAMES[0]}.gz`);
    await expect(mnist({ url, checksums })).rejects.toThrow(
      `[mnist] could not download ${url}/${NAMES[0]}.gz: 404 Not Found`,
    );
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
    await expect(mnist({ url, checksums })).rejects.toThrow(
      // A connection of the first try may still be there when the server goes.
      /^\[mnist\] could not download .*-ubyte\.gz: (connect ECONNREFUSED|other side closed)/,
    );
  });
});

const REAL = [process.env.HEDDLE_DATA, "../shared/data"]
  .flatMap((root) => (root ? [join(root, "mnist"), root] : []))
  .find((directory) => existsSync(join(directory, `${NAMES[0]}.gz`)));

describe("the real MNIST (set HEDDLE_DATA to the folder that holds it)", () => {
  it.skipIf(REAL === undefined)("has its 70,000 digits", async () => {
    const { train, test } = await mnist({ directory: REAL });
    expect([train.length, test.length]).toEqual([60_000, 10_000]);
    expect([...train.take(8).hostBatches()].map(([, y]) => [...y.data])).toEqual([[5, 0, 4, 1, 9, 2, 1, 3]]);
    expect(test.numClasses()).toBe(10);
    const [[x]] = train.hostBatches({ batchSize: 128 });
    expect(x.shape).toEqual([128, 28, 28, 1]);
    expect(Math.max(...x.data)).toBe(1);
  });
});
