/** A compiled function keeps nothing of its calls alive. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";

let collect: () => void;

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
});

type Arguments = { x: h.Tensor; rest: h.Tensor[] };

/** Calls `use` on arguments that nothing else holds, and waits until all of them are collected. */
async function expectCollected(use: (args: Arguments) => unknown): Promise<void> {
  const refs = await (async () => {
    const args = { x: h.ones([4]), rest: [h.ones([4]).add(1)] };
    await use(args);
    return [args, args.x, args.x.node, args.rest[0], args.rest[0].node].map(
      (held) => new WeakRef<object>(held),
    );
  })();
  await expect
    .poll(() => {
      collect();
      return refs.filter((ref) => ref.deref() !== undefined).length;
    })
    .toBe(0);
}

const sum = () => h.jit(({ x, rest }: Arguments) => x.add(rest[0]).sum());

test.each<[string, (f: ReturnType<typeof sum>, args: Arguments) => unknown]>([
  ["a call", async (f, args) => (await f(args)).data()],
  ["a synchronous call", (f, args) => f.sync(args).dataSync()],
  ["explain", (f, args) => f.explain(args)],
])("the arguments of %s are collected, while the function lives and after dispose", async (_, use) => {
  const f = sum();
  await expectCollected((args) => use(f, args));
  await expectCollected((args) => use(f, args));
  await expectCollected(async (args) => {
    await use(f, args);
    f.dispose();
  });
  expect(f.dispose()).toBeUndefined();
});

test("a failed trace keeps no argument", async () => {
  const f = h.jit(({ x, rest }: Arguments) => x.add(rest[0]).reshape([3]));
  await expectCollected((args) => f(args).catch(() => {}));
  expect(f.dispose()).toBeUndefined();
});

test("a model keeps no input", async () => {
  const model = h.createModel(nn.dense({ units: 2 }));
  await expectCollected(async ({ x }) => (await model.predict(x.reshape([1, 4]))).data());
  model.dispose();
});
