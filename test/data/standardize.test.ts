import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/dataset.ts";
import { Standardizer, standardize } from "../../src/data/standardize.ts";

const table = () =>
  dataset([
    [
      [1, 1000, 5],
      [2, 2000, 5],
      [3, 6000, 5],
    ],
    [0, 1, 2],
  ]);
const ROOT = Math.sqrt(2 / 3);

describe("standardize", () => {
  it("learns per column of a table, and applies to others", async () => {
    const scaler = await standardize(table());
    expect(scaler.mean).toEqual([2, 3000, 5]);
    expect(scaler.deviation[0]).toBeCloseTo(ROOT, 12);
    expect(scaler.deviation[1]).toBeCloseTo(Math.sqrt(14e6 / 3), 8);
    expect(scaler.deviation[2]).toBe(0);
    const [[x, y]] = scaler.apply(table()).hostBatches();
    expect([...y.data]).toEqual([0, 1, 2]);
    expect(x.data[0]).toBeCloseTo(-1 / ROOT, 5);
    expect([x.data[2], x.data[3]]).toEqual([0, 0]);
    const [[other]] = scaler.apply(dataset([[[2, 3000, 6]], [0]]));
    expect([...other.data]).toEqual([0, 0, 1]);
  });

  it("learns per channel or per value of pictures", async () => {
    const data = new Float32Array([0, 10, 2, 30, 4, 50, 6, 70]);
    const pictures = dataset([{ data, shape: [2, 1, 2, 2] }, [0, 1]]);
    expect((await standardize(pictures)).mean).toEqual([3, 40]);
    const each = await standardize(pictures, { per: "feature" });
    expect([each.mean, each.deviation]).toEqual([
      [2, 30, 4, 50],
      [2, 20, 2, 20],
    ]);
    const [[x]] = each.apply(pictures);
    expect([x.shape, [...x.data]]).toEqual([
      [1, 2, 2],
      [-1, -1, -1, -1],
    ]);
  });

  it("keeps its digits far from zero, over many batches", async () => {
    const values = Int32Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    const { mean, deviation } = await standardize(dataset([{ data: values, shape: [1000, 1] }]));
    expect([mean, deviation]).toEqual([[1e9 + 0.5], [0.5]]);
    expect((await standardize(dataset([values]))).deviation).toEqual([0.5]);
  });

  it("comes back from plain data", async () => {
    const scaler = await standardize(table());
    const again = new Standardizer(JSON.parse(JSON.stringify(scaler)));
    expect([...again.apply(table())]).toEqual([...scaler.apply(table())]);
  });

  it("rejects what it cannot learn from or apply to", async () => {
    await expect(standardize(table().take(0))).rejects.toThrow(
      "[standardize] there are no samples to learn from",
    );
    await expect(standardize(dataset([[[0, Number.NaN]]]))).rejects.toThrow(
      "[standardize] entry 1 has values that are not finite",
    );
    await expect(standardize(table(), { per: "pixel" as never })).rejects.toThrow(
      '[standardize] per must be "channel" or "feature": got "pixel"',
    );
    const scaler = await standardize(table());
    expect(() => [...scaler.apply(dataset([[[1, 2]]]))]).toThrow(
      "[standardize] 3 means fit samples of 3 values or with a last axis of 3: got shape [2]",
    );
    for (const bad of [
      { mean: [], deviation: [] },
      { mean: [1], deviation: [1, 2] },
      { mean: ["x"], deviation: [1] },
      {},
    ]) {
      expect(() => new Standardizer(bad as never)).toThrow(
        "[standardize] statistics are two lists of numbers, mean and deviation, of one length",
      );
    }
  });
});
