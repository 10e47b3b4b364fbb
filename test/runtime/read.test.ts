/** Values are read into a new array, or into one that the caller keeps. */
import { beforeAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

test("data and dataSync fill the array that they are given, and return it", async () => {
  const x = h.tensor([1, 2, 3]);
  const into = new Float32Array(3);
  expect(await x.data(into)).toBe(into);
  expect([...into]).toEqual([1, 2, 3]);
  const doubled = x.mul(2);
  expect(doubled.dataSync(into)).toBe(into);
  expect([...into]).toEqual([2, 4, 6]);
  expect(await x.data()).not.toBe(into);
});

test("an array over part of a buffer is filled there alone", async () => {
  const buffer = new Float32Array(5).fill(9);
  await h.tensor([1, 2, 3]).add(1).data(buffer.subarray(1, 4));
  expect([...buffer]).toEqual([9, 2, 3, 4, 9]);
});

test("each dtype has its kind of array", async () => {
  const flags = h.tensor([1, 0]).greater(0);
  expect([...(await flags.data(new Int32Array(2)))]).toEqual([1, 0]);
  const counts = h.tensor([1, 2]).cast("uint32");
  expect([...(await counts.data(new Uint32Array(2)))]).toEqual([1, 2]);
});

test("an array that does not fit is refused, and stays as it was", async () => {
  const x = h.tensor([1, 2, 3]);
  const short = new Float32Array(2);
  await expect(x.data(short)).rejects.toThrow(
    "[data] Tensor(float32 [3]) needs a Float32Array of 3 to be read into: got Float32Array of 2",
  );
  expect([...short]).toEqual([0, 0]);
  expect(() => x.dataSync(new Int32Array(3))).toThrow(
    "[data] Tensor(float32 [3]) needs a Float32Array of 3 to be read into: got Int32Array of 3",
  );
  await expect(x.data([0, 0, 0] as never)).rejects.toThrow("got 0,0,0");
});

test.each([
  ["exp", (x: h.Tensor) => x.exp()],
  ["matmul", (x: h.Tensor) => x.reshape([1, 3]).matmul(x.reshape([3, 1]))],
])("a value of %s inside two reads is stored by the second", async (origin, op) => {
  const stored = () => h.memory().tensors.filter((live) => live.origin === origin).length;
  const before = stored();
  const inner = op(h.tensor([1, 2, 3]));
  await inner.mul(2).data();
  expect(stored()).toBe(before);
  await inner.mul(3).data();
  expect(stored()).toBe(before + 1);
});
