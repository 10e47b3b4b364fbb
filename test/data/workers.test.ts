// Batches made in workers: the same as without, errors of every kind, and nothing left behind.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { crop, pad } from "../../src/data/augment/frame.ts";
import { flip, rotate, shift } from "../../src/data/augment/motions.ts";
import { brightness, contrast, cutout } from "../../src/data/augment/values.ts";
import type { BatchOptions } from "../../src/data/batches.ts";
import { type Dataset, dataset, type Sample } from "../../src/data/dataset.ts";
import { standardize } from "../../src/data/standardize.ts";
import { dense } from "../../src/nn/dense.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { sequential } from "../../src/nn/sequential.ts";
import { adam } from "../../src/optim/adam.ts";
import { setSeed } from "../../src/runtime/random.ts";
import { createModel } from "../../src/train/model.ts";
import { buildWorker } from "../../tools/build-worker.mjs";
import { bundleSource } from "../browser/bundle.ts";
import { browserPath, launchChromium, openPage, serve } from "../browser/harness.ts";

const threads = process.getBuiltinModule("node:worker_threads");
const { Worker: Original } = threads;
/** All threads that a test has started, and those that still run. */
const started: Worker[] = [];
const alive = new Set<Worker>();

beforeAll(async () => {
  await buildWorker();
  threads.Worker = class extends Original {
    constructor(...args: ConstructorParameters<typeof Original>) {
      super(...args);
      started.push(this);
      alive.add(this);
      this.on("exit", () => alive.delete(this));
    }
  };
});
afterAll(() => {
  threads.Worker = Original;
});
beforeEach(() => {
  started.length = 0;
  // Threads of a device that an earlier test has started.
  alive.clear();
});

const COUNT = 53;

/** Bytes with a scale, integers, and floats. */
function columns() {
  const pixels = Uint8Array.from({ length: COUNT * 10 * 12 * 3 }, (_, i) => (i * 7919) % 251);
  const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 10);
  const weights = Float32Array.from({ length: COUNT }, (_, i) => 1 / (i + 1));
  return [
    { data: pixels, shape: [COUNT, 10, 12, 3], scale: 1 / 255 },
    { data: labels, dtype: "int32" },
    { data: weights, shape: [COUNT, 1] },
  ] as const;
}

const pictures = () => dataset(columns());

async function collect(data: Dataset<Sample>, options: BatchOptions): Promise<(readonly HostTensor[])[]> {
  const batches: (readonly HostTensor[])[] = [];
  for await (const batch of data.hostBatches(options)) batches.push(batch);
  return batches;
}

const augmented = () =>
  pictures()
    .augment([rotate(), shift(), pad({ pixels: 2 }), crop({ size: 8 }), contrast()])
    .augment([flip(), brightness(), cutout({ size: 3 })]);

const datasets: Record<string, () => Dataset<Sample>> = {
  "plain columns": pictures,
  "augmented twice": augmented,
  "selected rows": () =>
    augmented()
      .shuffle({ seed: 3 })
      .filter(([, label]) => label.data[0] % 2 === 0)
      .skip(2),
};

describe("batches from workers", () => {
  for (const [name, make] of Object.entries(datasets)) {
    it.each([1, 2, 3])(`are bit for bit those of one thread: ${name}, %d workers`, async (workers) => {
      const options = { batchSize: 8, shuffle: true, seed: 5, epoch: 2 };
      const expected = await collect(make(), options);
      expect(expected.length).toBe(name === "selected rows" ? 4 : 7);
      expect(await collect(make(), { ...options, workers })).toEqual(expected);
      expect(started.length).toBe(workers);
    });
  }

  it("differ from epoch to epoch, and begin anywhere", async () => {
    const data = augmented();
    const options = { batchSize: 10, shuffle: true };
    const [first, second] = [await collect(data, { ...options, workers: 2 }), await collect(data, options)];
    expect(second).not.toEqual(first);
    expect(await collect(data, { ...options, epoch: 0, skip: 2, workers: 2, prefetch: 0 })).toEqual(
      first.slice(2),
    );
  });

  it("arrive as tensors in fit's form", async () => {
    for await (const [x, y] of augmented().batches({ batchSize: 4, workers: 1 })) {
      expect([x.shape, y.shape, y.dtype]).toEqual([[4, 8, 8, 3], [4], "int32"]);
      break;
    }
  });

  it("train the same network in fit", async () => {
    const train = async (workers: number): Promise<readonly number[]> => {
      setSeed(1);
      const net = sequential([flatten(), dense({ units: 10 })], { inputShape: [8, 8, 3] });
      const model = createModel(net, { optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
      const [pixels, labels] = columns();
      const data = dataset([pixels, labels]).augment([crop({ size: 8 }), rotate()]);
      return (await model.fit(data, { epochs: 2, batchSize: 10, workers })).stepLoss;
    };
    const expected = await train(0);
    // The device has threads of its own.
    started.length = 0;
    expect(await train(2)).toEqual(expected);
    expect(started.length).toBe(4);
  });

  it("leave the columns as they are", async () => {
    const data = pictures();
    const before = [...data];
    await collect(data, { workers: 2, batchSize: 7 });
    expect([...data]).toEqual(before);
  });
});

describe("workers end", () => {
  const options = { batchSize: 2, workers: 2 };

  it("with the last batch", async () => {
    await collect(augmented(), options);
    expect([started.length, alive.size]).toEqual([2, 0]);
  });

  it("when the loop is left", async () => {
    for await (const _ of augmented().hostBatches(options)) break;
    expect([started.length, alive.size]).toEqual([2, 0]);
  });

  it("when the loop throws", async () => {
    const loop = async () => {
      for await (const _ of augmented().hostBatches(options)) throw new Error("mine");
    };
    await expect(loop()).rejects.toThrow("mine");
    expect([started.length, alive.size]).toEqual([2, 0]);
  });
});

describe("errors", () => {
  const closures = "the closures of map and cache (a Standardizer is one) cannot travel";
  it.each<[string, () => Dataset<Sample> | Promise<Dataset<Sample>>]>([
    ["map", () => pictures().map(([x, y]) => [x, y])],
    [
      "map before augment",
      () =>
        pictures()
          .map(([x]) => [x, x])
          .augment([flip()]),
    ],
    ["cache", () => augmented().cache()],
    ["a standardizer", async () => (await standardize(pictures())).apply(pictures())],
  ])("%s cannot travel", async (_, make) => {
    await expect(collect(await make(), { workers: 1 })).rejects.toThrow(
      `[dataset] workers take columns and augmentations: ${closures}, so leave \`workers\` out`,
    );
    expect(started.length).toBe(0);
  });

  it("of a stage are those of one thread", async () => {
    const data = pictures().augment([crop({ size: 11 })]);
    const rule = "[crop] a picture must be at least 11 × 11: got 10 × 12; pad it first";
    await expect(collect(data, {})).rejects.toThrow(rule);
    await expect(collect(data, { workers: 2 })).rejects.toThrow(rule);
    expect(alive.size).toBe(0);
  });

  it("of labels name the sample", async () => {
    await expect(collect(pictures(), { workers: 1, classes: 5 })).rejects.toThrow(
      "[dataset] labels must be integers in [0, 5): got 5 at sample 5",
    );
  });

  it("of a stage of one's own", async () => {
    const stage = { config: { type: "invert" }, change: () => ({}) as never };
    await expect(collect(pictures().augment([stage]), { workers: 1 })).rejects.toThrow(
      '[augment] a stage is one of flip, rotate, shift, zoom, shear, crop, pad, brightness, contrast, cutout: got "invert"',
    );
  });

  it("of a worker that dies", async () => {
    const batches = augmented()
      .hostBatches({ batchSize: 1, workers: 2, prefetch: 2 })
      [Symbol.asyncIterator]();
    await batches.next();
    await started[0].terminate();
    const rest = async () => {
      for (let i = 0; i < COUNT; i++) await batches.next();
    };
    await expect(rest()).rejects.toThrow(
      "[dataset] a worker died (it ended with code 1): its batches are lost",
    );
    expect(alive.size).toBe(0);
  });

  it("of options", async () => {
    expect(() => pictures().batches({ workers: -1 })).toThrow(
      "[dataset] workers must be an integer of at least 0: got -1",
    );
    expect(() => [...pictures().batches({ workers: 1 })]).toThrow(
      "[dataset] workers deliver to `for await`, not to `for`",
    );
  });
});

describe.skipIf(!browserPath)("in a browser", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-workers-"));
    const program = `
      import { crop, pad } from "./data/augment/frame.ts";
      import { flip } from "./data/augment/motions.ts";
      import { dataset } from "./data/dataset.ts";

      async function main() {
        const data = new Uint8Array(40 * 6 * 6).map((_, i) => (i * 31) % 256);
        const pictures = dataset([{ data, shape: [40, 6, 6, 1], scale: 1 / 255 }]);
        const augmented = pictures.augment([pad({ pixels: 2 }), crop({ size: 6 }), flip()]);
        const collect = async (workers) => {
          const batches = [];
          for await (const [x] of augmented.hostBatches({ batchSize: 7, epoch: 1, workers })) batches.push([...x.data]);
          return JSON.stringify(batches);
        };
        try {
          return (await collect(2)) === (await collect(0));
        } catch (error) {
          return error.message;
        }
      }
      globalThis.main = main;`;
    await bundleSource(program, folder);
    browser = await launchChromium({ webgpu: false });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(headers: Record<string, string>): Promise<unknown> {
    const site = await serve({ "/": folder }, { headers });
    const page = await openPage(browser, site.url, /^Creating a worker from .* violates/);
    try {
      return await page.ask("main()");
    } finally {
      await page.close();
      await site.close();
    }
  }

  it("they are the same", async () => {
    expect(await run({})).toBe(true);
  });

  it("a page that forbids them says so", async () => {
    expect(await run({ "Content-Security-Policy": "worker-src 'none'" })).toBe(
      "[dataset] a worker died (the page's policy does not allow it): its batches are lost",
    );
  });
});
