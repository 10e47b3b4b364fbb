/** Random programs: whatever fusion, views and memory planning make of a graph, its values stay the reference's. */
import { beforeAll, expect, test } from "vitest";
import { Random } from "../../src/base/philox.ts";
import * as h from "../../src/index.ts";
import { evaluate } from "../../src/kernel/reference/evaluate.ts";
import type { Storage } from "../../src/runtime/storage.ts";

const PROGRAMS = 150;
const STEPS = 14;

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

type Make = (random: Random, pool: readonly h.Tensor[]) => h.Tensor;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];
const any: (r: Random, p: readonly h.Tensor[]) => h.Tensor = (r, p) => pick(r, p);

/** Two tensors that broadcast: the second made from the first's axes. */
function partner(random: Random, x: h.Tensor, pool: readonly h.Tensor[]): h.Tensor {
  const same = pool.filter((t) => t.shape.join() === x.shape.join());
  if (random.below(3) > 0 && same.length > 0) return pick(random, same);
  const y = pick(random, same);
  return x.rank > 0 ? y.mean(random.below(x.rank), true) : y;
}

const STEPS_OF: readonly Make[] = [
  (r, p) => any(r, p).tanh(),
  (r, p) => any(r, p).relu().add(0.25),
  (r, p) => any(r, p).sigmoid().mul(1.5),
  (r, p) => {
    const x = any(r, p);
    return x.add(partner(r, x, p));
  },
  (r, p) => {
    const x = any(r, p);
    return x.mul(partner(r, x, p));
  },
  (r, p) => {
    const x = any(r, p);
    return x.maximum(partner(r, x, p)).sub(x);
  },
  (r, p) => any(r, p).transpose(),
  (r, p) => {
    const x = any(r, p);
    return x.reshape(pick(r, [[-1], [x.size, 1], x.shape]));
  },
  (r, p) => any(r, p).flip(),
  (r, p) => {
    const x = any(r, p);
    return x.rank > 0 && x.shape[0] > 1 ? x.slice([1]) : x.neg();
  },
  (r, p) => {
    const x = any(r, p);
    return x.pad(
      x.shape.map((_, i) => (i === 0 ? [1, 0] : [0, 1])),
      pick(r, [0, 2]),
    );
  },
  (r, p) => {
    const x = any(r, p);
    return x.rank > 0 ? x.sum(r.below(x.rank)) : x.square();
  },
  (r, p) => {
    const x = any(r, p);
    return x.rank > 0 ? x.softmax(r.below(x.rank)) : x.exp();
  },
  (r, p) => {
    const x = any(r, p);
    return x.rank === 2 ? x.matmul(x.transpose()).mul(0.2).add(1) : x.add(1);
  },
  (r, p) => {
    const x = any(r, p);
    return x.rank > 0 && x.size < 60 ? h.concat([x, x.mul(2)], r.below(x.rank)) : x.abs();
  },
  (r, p) => h.where(any(r, p).mean().greater(0), any(r, p), 0.5),
  (r, p) => {
    const x = any(r, p);
    return x.rank > 0 ? x.argMax(0).cast("float32").mul(0.1) : x;
  },
];

function program(seed: number, inputs: readonly h.Tensor[]): h.Tensor[] {
  const random = new Random(seed);
  const pool = [...inputs];
  while (pool.length < inputs.length + STEPS) {
    const next = pick(random, STEPS_OF)(random, pool);
    if (next.size <= 400) pool.push(next.clip(-50, 50));
  }
  return pool.slice(-3);
}

const inputsOf = (seed: number): h.Tensor[] => {
  const random = new Random(1000 + seed);
  return [[3, 4], [5], [2, 3, 2]].map((shape) =>
    h.tensor(
      Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 4 * random.uniform() - 2),
      { shape },
    ),
  );
};

for (let seed = 0; seed < PROGRAMS; seed++) {
  test(`program ${seed}`, async () => {
    const inputs = inputsOf(seed);
    const leaf = (node: { storage: object | undefined }): ArrayLike<number> =>
      (node.storage as Storage).host!;
    const expected = evaluate(
      program(seed, inputs).map((t) => t.node),
      leaf,
    );
    const lazy = program(seed, inputsOf(seed));
    const compiled = await h.jit((...xs: h.Tensor[]) => program(seed, xs))(...inputsOf(seed));
    for (const [i, want] of expected.entries()) {
      for (const got of [lazy[i], compiled[i]]) {
        const values = await got.data();
        const scale = want.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
        for (let k = 0; k < want.length; k++)
          expect(Math.abs(values[k] - want[k]), `output ${i}[${k}]`).toBeLessThan(2e-4 * scale);
      }
    }
  });
}
