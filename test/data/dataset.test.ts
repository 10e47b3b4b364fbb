import { describe, expect, it } from "vitest";
import type { HostTensor } from "../../src/base/host.ts";
import { dataset } from "../../src/data/dataset.ts";

/** Sample i is x = [i, i + 0.5], y = i. */
function counting(n: number) {
  const x = Array.from({ length: n }, (_, i) => [i, i + 0.5]);
  const y = Int32Array.from({ length: n }, (_, i) => i);
  return dataset([x, y]);
}

const labelsOf = (batches: Iterable<readonly HostTensor[]>) =>
  [...batches].map((batch) => [...batch[batch.length - 1].data]);
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("columns", () => {
  it("takes nested arrays as float32 and typed arrays as their kind", () => {
    const [sample] = counting(3).skip(1);
    expect(sample[0]).toEqual({ data: new Float32Array([1, 1.5]), shape: [2], dtype: "float32" });
    expect(sample[1]).toEqual({ data: new Int32Array([1]), shape: [], dtype: "int32" });
  });

  it("keeps bytes until a batch is made, then scales them", () => {
    const bytes = new Uint8Array([0, 51, 255, 102]);
    const pixels = dataset([{ data: bytes, shape: [2, 2, 1], scale: 1 / 255 }]);
    const [[batch]] = pixels.hostBatches();
    expect(batch.shape).toEqual([2, 2, 1]);
    expect([...batch.data]).toEqual([...new Float32Array([0, 0.2, 1, 0.4])]);
  });

  it("reads Tensors when it is first iterated over", async () => {
    const values = new Float32Array([1, 2, 3, 4]);
    const source = { shape: [2, 2], dtype: "float32" as const, data: async () => values };
    const pair = dataset([source, [0, 1]]);
    expect(pair.length).toBe(2);
    expect(() => [...pair]).toThrow("iterate with `for await`");
    for await (const [x] of pair.hostBatches()) expect([...x.data]).toEqual([1, 2, 3, 4]);
    expect([...pair].length).toBe(2);
  });

  it("reports a Tensor that cannot be read", async () => {
    const source = { shape: [1], dtype: "float32" as const, data: () => Promise.reject(new Error("lost")) };
    await expect(dataset([source]).ready()).rejects.toThrow("lost");
  });

  it("rejects what does not fit", () => {
    const cases: [() => unknown, string][] = [
      [() => dataset([]), "[dataset] at least one column is needed: got none"],
      [() => dataset([[1, 2], [1]]), "[dataset] columns must have one length: got [2, 1]"],
      [
        () => dataset([[[1, 2], [3]]]),
        "[dataset] nested arrays must be even: got 1 entries at depth 1, expected 2 entries",
      ],
      [
        () => dataset([[1, [2]]]),
        "[dataset] nested arrays must be even: got 1 entries at depth 1, expected a number",
      ],
      [
        () => dataset([{ data: new Float32Array(5), shape: [2, 3] }]),
        "[dataset] shape [2, 3] holds 6 values: got 5",
      ],
      [() => dataset([{ data: [0, 0.5], dtype: "int32" }]), "[dataset] int32 does not hold 0.5"],
      [() => dataset([{ data: [0, 2], dtype: "bool" }]), "[dataset] bool does not hold 2"],
      [
        () => dataset([{ data: [1], dtype: "int32", scale: 2 }]),
        "[dataset] scale makes float32 values: got dtype int32",
      ],
      [() => dataset([undefined as never]), "[dataset] a column is an array: got undefined"],
    ];
    for (const [make, message] of cases) expect(make).toThrow(message);
  });
});

describe("batches", () => {
  it("keeps the last partial batch, or drops it", () => {
    expect(labelsOf(counting(7).hostBatches({ batchSize: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(labelsOf(counting(7).hostBatches({ batchSize: 3, dropRemainder: true }))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(counting(7).hostBatches({ batchSize: 3 }).length).toBe(3);
    expect(counting(7).hostBatches({ batchSize: 3, dropRemainder: true }).length).toBe(2);
    expect(labelsOf(counting(0).hostBatches())).toEqual([]);
  });

  it("shows every sample once an epoch, in a new order each time", () => {
    const batches = counting(100).hostBatches({ batchSize: 32, shuffle: true, seed: 5 });
    const [first, second] = [labelsOf(batches).flat(), labelsOf(batches).flat()];
    expect(sorted(first)).toEqual(range(100));
    expect(sorted(second)).toEqual(range(100));
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(range(100));
  });

  it("orders by seed and epoch alone", () => {
    const epochs = (seed: number) => {
      const data = counting(50);
      // A new iterable each time, as in a training loop.
      return [0, 1].map(() => labelsOf(data.hostBatches({ shuffle: true, seed })).flat());
    };
    expect(epochs(1)).toEqual(epochs(1));
    expect(epochs(1)).not.toEqual(epochs(2));
    const second = labelsOf(counting(50).hostBatches({ shuffle: true, seed: 1, epoch: 1 })).flat();
    expect(second).toEqual(epochs(1)[1]);
  });

  it("shuffles evenly", () => {
    const counts = range(3).map(() => [0, 0, 0]);
    const batches = counting(3).hostBatches({ shuffle: true });
    for (let epoch = 0; epoch < 3000; epoch++) {
      for (const [at, label] of labelsOf(batches).flat().entries()) counts[label][at]++;
    }
    for (const n of counts.flat()) expect(Math.abs(n - 1000)).toBeLessThan(120);
  });

  it("gives the same batches with and without waiting, whatever is prefetched", async () => {
    const expected = labelsOf(counting(20).hostBatches({ batchSize: 6, shuffle: true }));
    for (const prefetch of [0, 1, 9]) {
      const got: number[][] = [];
      for await (const [, y] of counting(20).hostBatches({ batchSize: 6, shuffle: true, prefetch })) {
        got.push([...y.data]);
      }
      expect(got).toEqual(expected);
    }
  });

  it("assembles ahead, by as many batches as asked for", async () => {
    let read = 0;
    const data = counting(100).map(([x, y]) => {
      read++;
      return [x, y];
    });
    for await (const _ of data.hostBatches({ batchSize: 10, prefetch: 3 })) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      break;
    }
    expect(read).toBe(40);
  });

  it("never holds the thread for long", async () => {
    const pixels = dataset([{ data: new Uint8Array(4000 * 4096), shape: [4000, 4096], scale: 1 / 255 }]);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    for await (const _ of pixels.hostBatches({ batchSize: 4000, shuffle: true })) break;
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(1);
  });

  it("delivers tensors", async () => {
    for await (const [x, y] of counting(5).batches({ batchSize: 2 })) {
      expect(x.shape).toEqual([y.shape[0], 2]);
      expect([x.dtype, y.dtype]).toEqual(["float32", "int32"]);
      x.dispose();
      y.dispose();
    }
  });

  it("rejects bad options at the call", () => {
    const data = counting(4);
    expect(() => data.batches({ batchSize: 0 })).toThrow(
      "[dataset] batchSize must be a positive integer: got 0",
    );
    expect(() => data.batches({ prefetch: -1 })).toThrow("prefetch must be an integer of at least 0: got -1");
    expect(() => data.batches({ seed: 1.5 })).toThrow("[dataset] seed must be an integer: got 1.5");
  });
});

describe("selections", () => {
  it("takes and skips", () => {
    expect(labelsOf(counting(5).take(2).hostBatches())).toEqual([[0, 1]]);
    expect(labelsOf(counting(5).skip(3).take(9).hostBatches())).toEqual([[3, 4]]);
    expect(() => counting(5).take(-1)).toThrow("[dataset] take must be an integer of at least 0: got -1");
  });

  it("splits without overlap, shuffled by seed", () => {
    const parts = (seed: number) =>
      counting(10)
        .split(0.75, { seed })
        .map((part) => labelsOf(part.hostBatches()).flat());
    const [first, rest] = parts(1);
    expect([first.length, rest.length]).toEqual([8, 2]);
    expect(sorted([...first, ...rest])).toEqual(range(10));
    expect(parts(1)).toEqual([first, rest]);
    expect(parts(2)).not.toEqual([first, rest]);
    const [head, tail] = counting(4).split(0.5, { shuffle: false });
    expect([...labelsOf(head.hostBatches()), ...labelsOf(tail.hostBatches())]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(() => counting(4).shuffle({ seed: 0.5 })).toThrow("[dataset] seed must be an integer: got 0.5");
    expect(() => counting(4).split(80)).toThrow("[dataset] split takes a fraction between 0 and 1: got 80");
  });

  it("filters and maps lazily, in the order written", () => {
    let asked = 0;
    const even = counting(10).filter(([, y]) => {
      asked++;
      return y.data[0] % 2 === 0;
    });
    const mapped = even
      .map(([x, y]) => [x.data.map((v) => -v), y.data[0] * 10])
      .filter(([, y]) => y.data[0] > 0);
    expect(asked).toBe(0);
    expect(labelsOf(mapped.hostBatches())).toEqual([[20, 40, 60, 80]]);
    expect(mapped.take(1).length).toBe(1);
    expect(asked).toBe(10);
    const [[x, y]] = mapped;
    expect(x).toEqual({ data: new Float32Array([-2, -2.5]), shape: [2], dtype: "float32" });
    expect(y.dtype).toBe("int32");
  });

  it("rejects mapped samples of different shapes", () => {
    const uneven = counting(3).map(([, y]) => [new Float32Array(y.data[0] + 1)]);
    expect(() => [...uneven.hostBatches()]).toThrow(
      "[dataset] samples of a batch must agree in shape and dtype: got float32 [2] at sample 1, expected float32 [1]",
    );
  });

  it("reports an error of a closure where the batch is read", async () => {
    const broken = counting(3).map(() => {
      throw new Error("no luck");
    });
    await expect(broken.hostBatches()[Symbol.asyncIterator]().next()).rejects.toThrow("no luck");
  });
});

describe("classes", () => {
  it("counts them", () => {
    expect(counting(7).numClasses()).toBe(7);
    expect(
      counting(7)
        .map(([x]) => [x, 2])
        .numClasses(),
    ).toBe(3);
  });

  it("rejects labels outside", () => {
    const labelled = (labels: number[]) => dataset([labels.map(() => 0), labels]);
    expect(() => [...counting(12).hostBatches({ batchSize: 5, classes: 10 })]).toThrow(
      "[dataset] labels must be integers in [0, 10): got 10 at sample 10",
    );
    expect(() => [...counting(11).hostBatches({ classes: 10, shuffle: true })]).toThrow(
      "got 10 at sample 10",
    );
    const late = labelled([...Array<number>(5000).fill(0), -1]);
    expect(() => late.numClasses()).toThrow("got -1 at sample 5000");
    expect(() => labelled([0, Number.NaN]).numClasses()).toThrow(
      "[dataset] labels must be integers from 0 up: got NaN at sample 1",
    );
    expect(() => [...labelled([0.5]).hostBatches({ classes: 2 })]).toThrow("got 0.5 at sample 0");
    expect(() => [...labelled([-1]).hostBatches({ classes: 2 })]).toThrow("got -1 at sample 0");
  });
});
