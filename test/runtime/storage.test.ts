/** Values in memory: listed while they are alive, freed when they are disposed or dropped, in whatever order. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const sizes = (): number[] =>
  h
    .memory()
    .tensors.map(({ shape }) => shape[0])
    .sort((a, b) => a - b);
const live = (): number => h.memory().devices[0].live;

test("values are listed from their first task on, and disposed in any order", async () => {
  const [a, b, c, d] = [101, 102, 103, 104].map((size) => h.tensor(new Float32Array(size)));
  expect(sizes()).toEqual([101, 102, 103, 104]);
  a.dispose();
  expect(sizes()).toEqual([102, 103, 104]);
  d.dispose();
  await nextTask();
  expect(sizes()).toEqual([102, 103]);
  const e = h.tensor(new Float32Array(105));
  b.dispose();
  expect(sizes()).toEqual([103, 105]);
  for (const t of [c, e]) t.dispose();
  expect(sizes()).toEqual([]);
});

test("a tensor dropped without dispose is freed after garbage collection", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const before = live();
  const held = await (async () => {
    const made = [106, 107, 108].map((size) => h.tensor(new Float32Array(size)).add(1));
    for (const t of made) await t.data();
    return made[1];
  })();
  expect(live()).toBeGreaterThan(before);
  await expect
    .poll(() => {
      collect();
      return sizes();
    })
    .toEqual([107]);
  held.dispose();
  expect(sizes()).toEqual([]);
});

test("memory disposed in a loop within one task is freed", () => {
  const double = h.jit((x: h.Tensor) => x.mul(2));
  const step = (): number => {
    const x = h.tensor(Float32Array.of(1, 2, 3));
    const y = double.sync(x);
    const [first] = y.dataSync();
    for (const t of [x, y]) t.dispose();
    return first;
  };
  step();
  const before = live();
  for (let i = 0; i < 2000; i++) expect(step()).toBe(2);
  expect([live(), sizes()]).toEqual([before, []]);
});

test("small copies on the host are of their own values", async () => {
  const tensors = Array.from({ length: 300 }, (_, i) => h.tensor(new Float32Array(i % 70).fill(i)));
  for (const [i, t] of tensors.entries()) {
    expect(t.dataSync()).toEqual(new Float32Array(i % 70).fill(i));
    t.dispose();
  }
});
