import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { applyStages } from "../../src/data/augment/apply.ts";
import { crop, pad } from "../../src/data/augment/frame.ts";
import { stagesFromConfig } from "../../src/data/augment/fromConfig.ts";
import { flip, rotate, shear, shift, zoom } from "../../src/data/augment/motions.ts";
import type { Stage } from "../../src/data/augment/stage.ts";
import { brightness, contrast, cutout } from "../../src/data/augment/values.ts";
import { dataset } from "../../src/data/dataset.ts";

const KEY = { seed: 1, epoch: 0, sample: 0 };

/** A gray picture of rows of numbers. */
function picture(rows: number[][]): HostTensor {
  return { data: new Float32Array(rows.flat()), shape: [rows.length, rows[0].length, 1], dtype: "float32" };
}

/** Rows after the stages, for one channel; rounded where interpolation leaves dust. */
function seen(rows: number[][], stages: Stage[], key = KEY): number[][] {
  const [{ data, shape }] = applyStages([picture(rows)], stages, key);
  return Array.from({ length: shape[0] }, (_, row) =>
    [...data.subarray(row * shape[1], (row + 1) * shape[1])].map((v) => Math.round(v * 1e4) / 1e4 + 0),
  );
}

const SQUARE = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];
const ROW = [[1, 2, 3, 4]];
const samples = Array.from({ length: 100 }, (_, sample) => ({ ...KEY, sample }));

describe("motions", () => {
  it("flips with probability one half, each way by itself", () => {
    const kinds = new Map<string, number>();
    for (const key of samples) {
      const found = String(seen(SQUARE, [flip({ horizontal: true, vertical: true })], key)[0]);
      kinds.set(found, (kinds.get(found) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual(["1,2,3", "3,2,1", "7,8,9", "9,8,7"]);
    expect(Math.min(...kinds.values())).toBeGreaterThan(12);
    const rows = (stage: Stage) => new Set(samples.map((key) => String(seen(SQUARE, [stage], key)[0])));
    expect(rows(flip())).toEqual(new Set(["1,2,3", "3,2,1"]));
    expect(rows(flip({ vertical: true }))).toEqual(new Set(["1,2,3", "7,8,9"]));
  });

  it("rotates counter-clockwise", () => {
    const quarter = [
      [3, 6, 9],
      [2, 5, 8],
      [1, 4, 7],
    ];
    expect(seen(SQUARE, [rotate({ degrees: [90, 90] })])).toEqual(quarter);
    expect(seen(SQUARE, [rotate({ degrees: 0 })])).toEqual(SQUARE);
  });

  it("shifts right and down, filling in every way", () => {
    const right = (amount: number, fill: object) =>
      seen(ROW, [shift({ horizontal: [amount, amount], vertical: 0, ...fill })])[0];
    expect(right(0.5, { value: 9 })).toEqual([9, 9, 1, 2]);
    expect(right(0.5, { fill: "nearest" })).toEqual([1, 1, 1, 2]);
    expect(right(0.5, { fill: "reflect" })).toEqual([2, 1, 1, 2]);
    expect(right(-1.5, { fill: "reflect" })).toEqual([2, 1, 1, 2]);
    expect(right(0.125, {})).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(seen(SQUARE, [shift({ horizontal: 0, vertical: [1 / 3, 1 / 3] })])).toEqual([
      [0, 0, 0],
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("zooms about the centre, as far in width as in height", () => {
    expect(seen([[0, 1, 2, 3, 4]], [zoom({ factor: [2, 2] })])).toEqual([[1, 1.5, 2, 2.5, 3]]);
    expect(seen([[0, 1, 2, 3, 4]], [zoom({ factor: [0.5, 0.5], value: -1 })])).toEqual([[-1, 0, 2, 4, -1]]);
  });

  it("shears rows sideways", () => {
    expect(seen(SQUARE, [shear({ degrees: [45, 45] })])).toEqual([
      [2, 3, 0],
      [4, 5, 6],
      [0, 7, 8],
    ]);
  });

  it("interpolates once in a run of one fill", () => {
    const [there, back] = [rotate({ degrees: [30, 30] }), rotate({ degrees: [-30, -30] })];
    expect(seen(SQUARE, [there, flip({ horizontal: false }), back])).toEqual(SQUARE);
    const other = rotate({ degrees: [-30, -30], fill: "nearest" });
    expect(seen(SQUARE, [there, other])).not.toEqual(SQUARE);
  });

  it("moves all channels alike", () => {
    const color: HostTensor = { data: new Float32Array([1, 10, 2, 20]), shape: [1, 2, 2], dtype: "float32" };
    const [{ data }] = applyStages([color], [rotate({ degrees: [180, 180] })], KEY);
    expect([...data].map(Math.round)).toEqual([2, 20, 1, 10]);
  });
});

describe("frames", () => {
  it("crops anywhere, or the middle", () => {
    const found = new Set(samples.map((key) => String(seen(SQUARE, [crop({ size: [1, 2] })], key))));
    expect(found).toEqual(new Set(["1,2", "2,3", "4,5", "5,6", "7,8", "8,9"]));
    expect(seen(SQUARE, [crop({ size: 1, center: true })])).toEqual([[5]]);
    expect(seen(SQUARE, [crop({ size: 3 })])).toEqual(SQUARE);
  });

  it("pads sides", () => {
    expect(seen(ROW, [pad({ pixels: [0, 2], value: 7 })])).toEqual([[7, 7, 1, 2, 3, 4, 7, 7]]);
    expect(seen(ROW, [pad({ pixels: [0, 0, 1, 2], fill: "nearest" })])).toEqual([[1, 1, 2, 3, 4, 4, 4]]);
    expect(seen(ROW, [pad({ pixels: [1, 0], fill: "reflect" })])).toEqual([...ROW, ...ROW, ...ROW]);
    expect(seen([[1, 2]], [pad({ pixels: [0, 5], fill: "reflect" })])).toEqual([
      [1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2],
    ]);
  });

  it("keeps [height, width] without channels", () => {
    const gray: HostTensor = { data: new Float32Array(4), shape: [2, 2], dtype: "float32" };
    const [{ shape }] = applyStages([gray], [pad({ pixels: 1 }), crop({ size: [3, 4] })], KEY);
    expect(shape).toEqual([3, 4]);
  });
});

describe("values", () => {
  it("brightens by an amount in its range", () => {
    const amounts = samples.map((key) => seen([[1]], [brightness({ delta: 0.5 })], key)[0][0] - 1);
    expect(Math.max(...amounts)).toBeLessThan(0.5);
    expect(Math.min(...amounts)).toBeGreaterThan(-0.5);
    expect(Math.max(...amounts) - Math.min(...amounts)).toBeGreaterThan(0.9);
  });

  it("scales contrast about the mean of each channel", () => {
    expect(seen(ROW, [contrast({ factor: [2, 2] })])).toEqual([[-0.5, 1.5, 3.5, 5.5]]);
    const color: HostTensor = { data: new Float32Array([0, 10, 2, 30]), shape: [1, 2, 2], dtype: "float32" };
    const [{ data }] = applyStages([color], [contrast({ factor: [0, 0] })], KEY);
    expect([...data]).toEqual([1, 20, 1, 20]);
  });

  it("cuts out rectangles, off at the border", () => {
    const sizes = new Set<number>();
    for (const key of samples) {
      const rows = seen(
        Array.from({ length: 6 }, () => Array<number>(6).fill(1)),
        [cutout({ size: 3, value: -1 })],
        key,
      );
      sizes.add(rows.flat().filter((v) => v === -1).length);
    }
    expect([...sizes].sort((a, b) => a - b)).toEqual([4, 6, 9]);
    expect(
      seen(SQUARE, [cutout({ size: 6 })])
        .flat()
        .filter((v) => v === 0).length,
    ).toBeGreaterThan(3);
  });
});

const STAGES = () => [
  flip(),
  rotate({ degrees: 20 }),
  shift({ fill: "reflect" }),
  zoom(),
  shear({ fill: "nearest" }),
  pad({ pixels: 2 }),
  crop({ size: 6 }),
  brightness(),
  contrast(),
  cutout({ size: 2, count: 2 }),
];

/** 20 pictures of 6 × 6, labelled by number. */
function pictures() {
  const data = Float32Array.from({ length: 20 * 36 }, (_, i) => ((i * 7919) % 101) / 101);
  return dataset([{ data, shape: [20, 6, 6, 1] }, Int32Array.from({ length: 20 }, (_, i) => i)]);
}

describe("dataset.augment", () => {
  /** Pictures by label. */
  const epoch = (options: object, data = pictures().augment(STAGES())) => {
    const found = new Map<number, number[]>();
    for (const [x, y] of data.hostBatches(options)) {
      for (const [i, label] of y.data.entries()) found.set(label, [...x.data.subarray(i * 36, (i + 1) * 36)]);
    }
    return found;
  };

  it("depends on seed, epoch and sample alone", () => {
    const first = epoch({ batchSize: 20 });
    expect(epoch({ batchSize: 3, shuffle: true, epoch: 0 })).toEqual(first);
    expect(epoch({ batchSize: 7 }, pictures().shuffle({ seed: 3 }).augment(STAGES()))).toEqual(first);
    expect(epoch({ epoch: 1 })).not.toEqual(first);
    expect(epoch({ seed: 1 })).not.toEqual(first);
    const data = pictures().augment(STAGES());
    expect(epoch({}, data)).toEqual(first);
    expect(epoch({}, data)).toEqual(epoch({ epoch: 1 }));
    expect([...data].map(([x]) => [...x.data])).toEqual([...first.values()]);
  });

  it("uses no chance twice", () => {
    const [one, two] = [brightness({ delta: 1 }), brightness({ delta: 1 })];
    const together = epoch({}, pictures().augment([one, two]));
    expect(epoch({}, pictures().augment([one]).augment([two]))).toEqual(together);
    const mirrored = epoch({}, pictures().augment([flip()]).augment([flip()]));
    expect(mirrored).not.toEqual(epoch({}, pictures()));
  });

  it("leaves the columns and labels as they are", () => {
    const data = pictures();
    const before = epoch({}, data);
    expect(data.augment(STAGES()).numClasses()).toBe(20);
    epoch({}, data.augment(STAGES()));
    expect(epoch({}, data)).toEqual(before);
  });

  it("gives the same in a worker, from plain data", async () => {
    const source = fileURLToPath(new URL("../../src", import.meta.url));
    const contents = `
      import { parentPort, workerData } from "node:worker_threads";
      import { applyStages } from "./data/augment/apply.ts";
      import { stagesFromConfig } from "./data/augment/fromConfig.ts";
      const { sample, stages, key } = workerData;
      parentPort.postMessage(applyStages(sample, stagesFromConfig(stages), key));`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: source, loader: "ts" },
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
    });
    const [, , sample] = pictures();
    const key = { seed: 5, epoch: 3, sample: 2 };
    const configs = STAGES().map(({ config }) => config);
    const workerData = { sample, stages: JSON.parse(JSON.stringify(configs)), key };
    const worker = new Worker(outputFiles[0].text, { eval: true, workerData });
    const answer = await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
    expect(answer).toEqual(applyStages(sample, STAGES(), key));
    expect(stagesFromConfig(configs).map(({ config }) => config)).toEqual(configs);
  });
});

describe("dataset.cache", () => {
  it("runs steps before cache() once, steps after it in every epoch", () => {
    let read = 0;
    const cached = pictures()
      .map(([x, y]) => {
        read++;
        return [x, y];
      })
      .augment([brightness()])
      .cache();
    const values = (data: typeof cached) => [...data.hostBatches({ seed: 2 })].map(([x]) => [...x.data]);
    const first = values(cached);
    expect([values(cached), read]).toEqual([first, 20]);
    const augmented = cached.augment([brightness()]);
    expect(values(augmented)).not.toEqual(values(augmented));
    expect(cached.numClasses()).toBe(20);
    expect(read).toBe(20);
    const plain = pictures();
    expect(plain.cache()).toBe(plain);
  });
});

describe("bad options", () => {
  const cases: [string, () => unknown, string][] = [
    [
      "an angle",
      () => rotate({ degrees: -5 }),
      "[rotate] degrees must be a number from 0 up, or [low, high]: got -5, that is [5, -5]",
    ],
    [
      "a range",
      () => shift({ horizontal: [1, 0] }),
      "[shift] horizontal must be a number from 0 up, or [low, high]: got [1, 0]",
    ],
    [
      "no number",
      () => brightness({ delta: Number.NaN }),
      "[brightness] delta must be a number from 0 up, or [low, high]: got NaN, ",
    ],
    [
      "a zoom to nothing",
      () => zoom({ factor: 1 }),
      "[zoom] factor must be a number from 0 up, or [low, high] within [0.01, Infinity]: got 1, that is [0, 2]",
    ],
    [
      "a flat shear",
      () => shear({ degrees: 90 }),
      "[shear] degrees must be a number from 0 up, or [low, high] within [-89, 89]: got 90, that is [-90, 90]",
    ],
    ["a negative contrast", () => contrast({ factor: [-1, 1] }), "within [0, Infinity]: got [-1, 1]"],
    [
      "a fill",
      () => rotate({ fill: "wrap" as never }),
      '[rotate] fill must be "constant", "nearest" or "reflect": got "wrap"',
    ],
    ["a value", () => pad({ pixels: 1, value: Number.NaN }), "[pad] value must be a number: got NaN"],
    ["a size", () => crop({ size: 0 }), "[crop] size must be a positive integer or two of them: got 0"],
    [
      "a width",
      () => cutout({ size: [2, 0.5] }),
      "[cutout] size must be a positive integer or two of them: got [2, 0.5]",
    ],
    ["a count", () => cutout({ size: 2, count: 0 }), "[cutout] count must be a positive integer: got 0"],
    [
      "a hole's value",
      () => cutout({ size: 2, value: Number.POSITIVE_INFINITY }),
      "[cutout] value must be a number: got Infinity",
    ],
    [
      "a margin",
      () => pad({ pixels: -1 }),
      "[pad] pixels must be an integer of at least 0, two or four of them: got -1",
    ],
    [
      "an unknown stage",
      () => stagesFromConfig([{ type: "blur" }]),
      '[augment] a stage is one of flip, rotate, shift, zoom, shear, crop, pad, brightness, contrast, cutout: got "blur"',
    ],
    [
      "a large crop",
      () => seen(SQUARE, [crop({ size: [2, 4] })]),
      "[crop] a picture must be at least 2 × 4: got 3 × 3; pad it first",
    ],
    [
      "no picture",
      () => [
        ...dataset([
          [1, 2],
          [0, 1],
        ]).augment([flip()]),
      ],
      "[augment] pictures are float32 [height, width] or [height, width, channels]: got float32 []",
    ],
    [
      "no floats",
      () => [...dataset([{ data: new Int32Array(4), shape: [1, 2, 2] }]).augment([flip()])],
      "got int32 [2, 2]",
    ],
    [
      "a seed",
      () => applyStages([picture(ROW)], [flip()], { ...KEY, seed: 0.5 }),
      "[augment] seed must be an integer: got 0.5",
    ],
  ];
  for (const [what, make, message] of cases) it(what, () => expect(make).toThrow(message));
});
