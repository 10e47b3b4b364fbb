import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cifar10 } from "../../src/data/cifar10.ts";

/** A record: red counts up, green is 200, blue is the label's. */
function record(label: number): number[] {
  const red = Array.from({ length: 1024 }, (_, i) => i % 251);
  return [label, ...red, ...Array(1024).fill(200), ...Array(1024).fill(10 * label)];
}
const file = (...labels: number[]) => Uint8Array.from(labels.flatMap(record));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-cifar-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function fill(directory: string) {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "data_batch_1.bin"), file(3, 9));
  await writeFile(join(directory, "data_batch_2.bin.gz"), gzipSync(file(0)));
  await writeFile(join(directory, "test_batch.bin"), file(1));
  await writeFile(join(directory, "readme.html"), "text");
}

describe("cifar10", () => {
  it("turns planes into pixels and joins the files", async () => {
    await fill(folder);
    const { train, test, classes } = await cifar10({ directory: folder });
    expect([train.length, test.length, classes[9]]).toEqual([3, 1, "truck"]);
    const [[x, y]] = train.hostBatches();
    expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[3, 32, 32, 3], "float32", [3], "int32"]);
    expect([...y.data]).toEqual([3, 9, 0]);
    const pixel = (sample: number, i: number) =>
      [...x.data.subarray(3 * (1024 * sample + i), 3 * (1024 * sample + i + 1))].map((v) =>
        Math.round(v * 255),
      );
    expect([pixel(0, 0), pixel(0, 33), pixel(1, 1023), pixel(2, 1)]).toEqual([
      [0, 200, 30],
      [33, 200, 30],
      [1023 % 251, 200, 90],
      [1, 200, 0],
    ]);
  });

  it("takes the files themselves", async () => {
    const { train, test } = await cifar10({
      source: { train: [file(1), file(2)], test: [gzipSync(file(3))] },
    });
    expect([train.length, test.length]).toEqual([2, 1]);
  });

  it("finds HEDDLE_DATA, itself or a folder in it", async () => {
    vi.stubEnv("HEDDLE_DATA", folder);
    await fill(join(folder, "cifar-10-batches-bin"));
    expect((await cifar10()).train.length).toBe(3);
    vi.stubEnv("HEDDLE_DATA", join(folder, "cifar-10-batches-bin"));
    expect((await cifar10()).train.length).toBe(3);
  });

  it("rejects missing and corrupt files", async () => {
    vi.stubEnv("HEDDLE_DATA", "");
    await expect(cifar10()).rejects.toThrow("[cifar10] say where the files are: `directory`, `source`, or");
    await expect(cifar10({ directory: folder })).rejects.toThrow(
      `[cifar10] ${folder} has no file data_batch_1.bin: put the files of CIFAR-10's binary version there`,
    );
    await writeFile(join(folder, "data_batch_1.bin"), file(1));
    await expect(cifar10({ directory: folder })).rejects.toThrow(`${folder} has no file test_batch.bin: `);
    await expect(cifar10({ directory: join(folder, "none") })).rejects.toThrow(
      `[file] cannot read ${join(folder, "none")}: no such file or folder`,
    );
    const source = (...train: Uint8Array[]) => ({ source: { train, test: [file(1)] } });
    await expect(cifar10(source(file(1).subarray(1)))).rejects.toThrow(
      "[cifar10] file: a file is whole records of 3073 bytes: got 3072 bytes",
    );
    await expect(cifar10(source(file(1), file(2, 10)))).rejects.toThrow(
      "[cifar10] file: labels are 0 to 9: got 10 in record 1",
    );
    await expect(cifar10(source(gzipSync(file(1)).subarray(0, 40)))).rejects.toThrow(
      "[cifar10] file: gzip data is corrupt or cut short",
    );
  });
});

const REAL = [process.env.HEDDLE_DATA, "../shared/data"]
  .flatMap((root) => (root ? [join(root, "cifar10-jpeg-subset")] : []))
  .find((directory) => existsSync(directory));

describe("a real subset (set HEDDLE_DATA to the folder that holds it)", () => {
  it.skipIf(REAL === undefined)("has classes in rotation", async () => {
    const { train, test } = await cifar10({ directory: REAL });
    expect([train.length, test.length, train.numClasses()]).toEqual([5000, 1000, 10]);
    expect([...test.take(12)].map(([, y]) => y.data[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    const [[x]] = train.hostBatches({ batchSize: 64 });
    expect(x.data.every((v: number) => v >= 0 && v <= 1)).toBe(true);
  });
});
