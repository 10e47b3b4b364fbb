/** An allocation that fails in a read, a compiled function or a training: the error lists live memory, and work goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";

const MEBI = 2 ** 20;
const LIMIT = 6 * MEBI;
const FULL = new RegExp(`^\\[wasm\\] out of memory: \\d+ bytes asked, \\d+ alive, the limit is ${LIMIT}$`);

beforeEach(() => h.setDevice("wasm", { threads: 1, memoryLimit: LIMIT }));
afterEach(async () => {
  vi.restoreAllMocks();
  await h.shutdown();
});

const alive = (): number => h.memory().devices[0].live;

/** Expects the same error at every try, and no more bytes in use after it. */
async function failsTwice(attempt: () => Promise<unknown>, message: RegExp = FULL): Promise<void> {
  await expect(attempt()).rejects.toThrow(message);
  const before = alive();
  await expect(attempt()).rejects.toThrow(message);
  expect(alive()).toBeLessThanOrEqual(before);
}

test("a read", async () => {
  const held = h.ones([1000]).mul(3);
  await held.data();
  await failsTwice(() => h.ones([2, MEBI]).cumsum(1).data());
  expect(await held.sum().item()).toBe(3000);
});

test("an upload", async () => {
  const data = new Float32Array(2 * MEBI);
  await failsTwice(() => h.tensor(data).add(1).data());
  expect(await h.tensor([1]).add(1).item()).toBe(2);
});

test("a compiled function", async () => {
  const product = h.jit((x: h.Tensor) => x.matmul(x).mul(2));
  const [small, large] = [h.ones([4, 4]), h.ones([1100, 1100])];
  expect(await (await product(small)).sum().item()).toBe(128);
  await failsTwice(async () => (await product(large)).data());
  expect(await (await product(small)).sum().item()).toBe(128);
});

test("the arena is freed when a value needs its memory", async () => {
  const sum = (): Promise<number> => h.ones([700, 700]).cumsum(0).cumsum(1).max().item();
  expect(await sum()).toBe(490_000);
  const x = h.tensor(new Float32Array(0.4 * MEBI));
  const y = x.add(1);
  expect((await y.data()).every((v) => v === 1)).toBe(true);
  y.dispose();
  expect(await sum()).toBe(490_000);
});

test("fit", async () => {
  const net = nn.sequential([nn.dense({ units: 64, activation: "relu" }), nn.dense({ units: 1 })], {
    inputShape: [4],
    seed: 1,
  });
  const model = h.createModel(net, { optimizer: optim.adam(), loss: "meanSquaredError" });
  const samples = 20_000;
  const data: [h.Tensor, h.Tensor] = [h.ones([samples, 4]), h.ones([samples, 1])];
  await failsTwice(() => model.fit(data, { epochs: 1, batchSize: samples }));
  const { loss } = await model.fit(data, { epochs: 1, batchSize: 1000 });
  expect(loss.every(Number.isFinite)).toBe(true);
});

test("a memory that the engine lets grow no further", async () => {
  await h.shutdown();
  await h.setDevice("wasm", { threads: 1 });
  const sum = (n: number): Promise<number> => h.arange(n).cast("float32").sort().sum().item();
  expect(await sum(4)).toBe(6);
  vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
    throw new RangeError("Maximum memory size exceeded");
  });
  await failsTwice(
    () => sum(4 * MEBI),
    /^\[wasm\] out of memory: \d+ bytes asked, \d+ alive, the memory cannot grow$/,
  );
  expect(await sum(5)).toBe(10);
});
