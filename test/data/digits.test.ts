import { describe, expect, it } from "vitest";
import { GLYPHS } from "../../src/data/digits/glyphs.ts";
import { digits } from "../../src/data/digits.ts";

const whole = async (options: { train?: number; test?: number; seed?: number }) => {
  const { train, test } = await digits(options);
  const all = <D extends typeof train>(data: D) => [...data.hostBatches({ batchSize: 1000 })][0];
  return { train: all(train), test: all(test) };
};

describe("digits", () => {
  it("has MNIST's format", async () => {
    const { train, test } = await digits({ train: 300, test: 20 });
    expect([train.length, test.length]).toEqual([300, 20]);
    expect(train.numClasses()).toBe(10);
    const [[x, y]] = train.hostBatches({ batchSize: 300 });
    expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[300, 28, 28, 1], "float32", [300], "int32"]);
    expect(x.data.every((v: number) => v >= 0 && v <= 1)).toBe(true);
  });

  it("is a function of the seed and the number of the sample", async () => {
    const first = await whole({ train: 40, test: 40 });
    const again = await whole({ train: 20, test: 40 });
    expect(again.train[0].data).toEqual(first.train[0].data.slice(0, 20 * 784));
    expect(again.test).toEqual(first.test);
    expect(first.test[1].data).not.toEqual(first.train[1].data);
    expect((await whole({ train: 40, test: 1, seed: 2 })).train[0].data).not.toEqual(first.train[0].data);
  });

  it("writes every digit inside the page", async () => {
    const [x, y] = (await whole({ train: 1000, test: 1 })).train;
    const ink = (i: number, inside: (row: number, column: number) => boolean) => {
      let sum = 0;
      for (let p = 0; p < 784; p++) if (inside(Math.floor(p / 28), p % 28)) sum += x.data[i * 784 + p];
      return sum;
    };
    const perDigit = new Array<number>(10).fill(0);
    for (let i = 0; i < 1000; i++) {
      perDigit[y.data[i]]++;
      expect(ink(i, (row, column) => row > 1 && row < 26 && column > 1 && column < 26)).toBeGreaterThan(10);
    }
    expect(Math.min(...perDigit)).toBeGreaterThan(60);
  });

  it("keeps its glyphs in the unit square", () => {
    for (const [x, y] of GLYPHS.flat(3))
      expect(Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5))).toBeLessThan(0.5);
  });

  it("lets other tasks run while it draws", async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    await digits({ train: 1500, test: 0 });
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(2);
  });

  it("rejects bad options", async () => {
    await expect(digits({ train: 0.5 })).rejects.toThrow(
      "[digits] train must be an integer of at least 0: got 0.5",
    );
    await expect(digits({ seed: 0.5 })).rejects.toThrow("[digits] seed must be an integer: got 0.5");
  });
});
