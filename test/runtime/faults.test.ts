/** Failures, and values, states and devices used in an unusual order. */
import { afterEach, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { State } from "../../src/runtime/state.ts";

const MEBI = 2 ** 20;

afterEach(() => h.shutdown());

const values = async (t: h.Tensor): Promise<number[]> => [...(await t.data())];

test("after a failed allocation compiled plans still run, and tensors keep their values", async () => {
  await h.setDevice("wasm", { threads: 1, memoryLimit: 5 * MEBI });
  const held = h.full([16], 7.5).mul(1);
  await held.data();
  const sorted = (n: number): Promise<h.HostArray> => h.arange(n).neg().sort().data();
  expect((await sorted(100_000))[0]).toBe(-99_999);
  await expect(sorted(250_000)).rejects.toThrow("[wasm]");
  expect((await sorted(100_000))[0]).toBe(-99_999);
  expect(await values(held)).toEqual(new Array(16).fill(7.5));
});

test("a value that failed fails everything computed from it", async () => {
  await h.setDevice("wasm", { threads: 1, memoryLimit: 3 * MEBI });
  const x = h.tensor(new Float32Array(300_000)).reshape([3, 100_000]);
  const y = x.softmax(0).add(x);
  await expect(y.data()).rejects.toThrow("[wasm]");
  await expect(y.sum().item()).rejects.toThrow("[wasm]");
});

test("a slot that could not grow is not used", async () => {
  await h.setDevice("wasm", { threads: 1, memoryLimit: 8 * MEBI });
  const program = (n: number): Promise<number> =>
    h
      .ones([n, n])
      .add(1)
      .matmul(h.ones([n, n]))
      .exp()
      .sum()
      .mul(0)
      .item();
  expect(await program(32)).toBe(0);
  await expect(program(900)).rejects.toThrow("[wasm]");
  expect(await program(32)).toBe(0);
});

test("an argument or captured tensor that shows an updated state keeps its version", async () => {
  await h.setDevice("wasm", { threads: 1 });
  const w = State.from(h.tensor([1]).node, "w");
  const read = (): h.Tensor => new h.Tensor(w.read());
  const f = h.jit((x: h.Tensor) => {
    w.assign(read().add(1).node);
    return x.mul(10);
  });
  expect(await values(await f(read()))).toEqual([10]);
  const captured = read();
  const g = h.jit(() => {
    w.assign(read().add(1).node);
    return captured.mul(10);
  });
  expect(await values(await g())).toEqual([20]);
  expect(await values(await g())).toEqual([20]);
  expect(await values(read())).toEqual([4]);
});

test("the keys of a map and empty containers are part of the signature", async () => {
  await h.setDevice("wasm", { threads: 1 });
  const f = h.jit((m: Map<string, h.Tensor>) => m.get("a")!.mul(10));
  const [one, two] = [h.tensor([1]), h.tensor([2])];
  expect(
    await values(
      await f(
        new Map([
          ["a", one],
          ["b", two],
        ]),
      ),
    ),
  ).toEqual([10]);
  expect(
    await values(
      await f(
        new Map([
          ["b", two],
          ["a", one],
        ]),
      ),
    ),
  ).toEqual([10]);
  const g = h.jit((x: h.Tensor, options: { xs?: h.Tensor[] }) => (options.xs ? x.add(1) : x));
  expect(await values(await g(one, { xs: [] }))).toEqual([2]);
  expect(await values(await g(one, {}))).toEqual([1]);
});

test("auto does not close a device in use", async () => {
  await h.setDevice("webgpu");
  const y = h.tensor([1]).add(1);
  await y.data();
  await h.setDevice("auto");
  expect(await values(y.add(1))).toEqual([3]);
});

test("the error of a step on the GPU reaches its reader, once", async () => {
  await h.setDevice("webgpu");
  const f = h.jit((x: h.Tensor, i: h.Tensor) => x.take(i));
  const wrong = await f(h.tensor([1, 2, 3]), h.tensor(new Int32Array([0, 7])));
  await expect(wrong.data()).rejects.toThrow(/\[0, 3\).*got 7/);
  const right = await f(h.tensor([1, 2, 3]), h.tensor(new Int32Array([0, 2])));
  expect(await values(right)).toEqual([1, 3]);
});

test("a label out of range is an error in a compiled step too", async () => {
  await h.setDevice("wasm", { threads: 1 });
  const loss = h.jit((y: h.Tensor, x: h.Tensor) => h.sparseCategoricalCrossentropy(y, x));
  const result = await loss(h.tensor(new Int32Array([12])), h.zeros([1, 3]));
  await expect(result.data()).rejects.toThrow("lies outside [0, 3): got 12");
});

test("a captured tensor may be disposed", async () => {
  await h.setDevice("wasm", { threads: 1 });
  const m = h.tensor([3]);
  const f = h.jit((x: h.Tensor) => x.mul(m));
  await f(h.tensor([1]));
  m.dispose();
  expect(await values(await f(h.tensor([2])))).toEqual([6]);
});

test("the device of the first use is known, and ended by shutdown", async () => {
  await h.tensor([1]).add(1).data();
  expect(h.memory().devices).toHaveLength(1);
  await h.shutdown();
  expect(h.memory().devices).toHaveLength(0);
});

test("calls that wait for the device see a kernel as it was when they were made", async () => {
  // Nothing has asked for a device yet: it starts with the first call. Winograd's form keeps a transformed kernel.
  const kernel = State.from(h.ones([3, 3, 16, 16]).node, "kernel");
  const read = (): h.Tensor => new h.Tensor(kernel.read());
  const sum = h.jit((x: h.Tensor) => x.conv2d(read(), { padding: "same" }).sum());
  const double = h.jit(() => kernel.assign(read().mul(2).node));
  const x = h.ones([1, 16, 16, 16]);
  const [before, , after] = await Promise.all([sum(x), double(), sum(x)]);
  expect(await after.item()).toBe(2 * (await before.item()));
});

test("two states that take one value do not share it", async () => {
  await h.setDevice("wasm", { threads: 1 });
  const { assignAll } = await import("../../src/runtime/state.ts");
  const [a, b] = [0, 0].map((_, i) => State.from(h.tensor([i]).node, `state ${i}`));
  const value = h.tensor([5]).add(0.5).node;
  assignAll([
    [a, value],
    [b, value],
  ]);
  await h.jit(() => a.assign(new h.Tensor(a.read()).add(1).node))();
  expect(await values(new h.Tensor(b.read()))).toEqual([5.5]);
});
