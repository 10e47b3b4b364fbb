/** The context: what holds while a function runs is put back afterwards, and is told apart inside a compiled function. */
import { beforeAll, describe, expect, it } from "vitest";
import { ContextKey, within } from "../../src/graph/context.ts";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(() => h.setDevice("wasm", { threads: 1 }));

describe("within", () => {
  const a = new ContextKey("a");
  const b = new ContextKey(0);

  it("puts back what it changed, after an error too", () => {
    expect(within([a.as("x"), b.as(1)], () => [a.value, b.value])).toEqual(["x", 1]);
    expect(() =>
      within([a.as("x"), b.as(1)], () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect([a.value, b.value]).toEqual(["a", 0]);
  });

  it("nests, and takes the last of two changes to one key", () => {
    const seen = within([b.as(1), b.as(2)], () => [b.value, within([b.as(3)], () => b.value), b.value]);
    expect(seen).toEqual([2, 3, 2]);
    expect(b.value).toBe(0);
  });
});

describe("withTraining", () => {
  const x = h.ones([1000]);
  const layer = nn.dropout({ rate: 0.5 });
  const dropped = async (y: h.Tensor): Promise<number> => (await y.equal(0).sum().item()) as number;

  it("takes effect for what a compiled function records inside it", async () => {
    const both = h.jit((input: h.Tensor) => [
      h.withTraining(true, () => layer.apply(input)),
      layer.apply(input),
    ]);
    const [trained, evaluated] = await both(x);
    expect(await dropped(trained)).toBeGreaterThan(400);
    expect(await dropped(evaluated)).toBe(0);
    const [, off] = await h.jit(
      (input: h.Tensor) => [layer.apply(input), h.withTraining(false, () => layer.apply(input))],
      { training: true },
    )(x);
    expect(await dropped(off)).toBe(0);
  });

  it("is part of what a compiled function was traced for", async () => {
    const f = h.jit((input: h.Tensor) => layer.apply(input));
    expect(await dropped(await f(x))).toBe(0);
    expect(await dropped(await h.withTraining(true, () => f(x)))).toBeGreaterThan(400);
    expect(await dropped(await f(x))).toBe(0);
  });

  it("comes from the mode of an inlined function where that has one", async () => {
    const inner = h.jit((input: h.Tensor) => layer.apply(input), { training: true });
    const outer = h.jit((input: h.Tensor) => [inner.inline(input), layer.apply(input)]);
    const [trained, evaluated] = await outer(x);
    expect(await dropped(trained)).toBeGreaterThan(400);
    expect(await dropped(evaluated)).toBe(0);
  });

  it("ends with an error in the function", async () => {
    const fails = (): never => {
      throw new Error("inside");
    };
    expect(() => h.withTraining(true, fails)).toThrow("inside");
    await expect(h.jit(() => h.withTraining(true, fails))()).rejects.toThrow("inside");
    expect(await dropped(layer.apply(x))).toBe(0);
  });
});

it("a compiled function that is traced inside a differentiated one reads its states by itself", async () => {
  const dense = nn.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
  const input = h.ones([1, 2]);
  dense.apply(input);
  const compiled = h.jit((v: h.Tensor) => dense.apply(v).sum());
  const [value, gradients] = h.valueAndGrad(dense, () =>
    dense.apply(input).sum().add(compiled.sync(input)),
  )();
  expect(await value.item()).toBe(4);
  expect(await [...gradients.values()][0].array()).toEqual([[1], [1]]);
  dense.trainableParameters()[0].assign(h.full([2, 1], 3));
  expect(await (await compiled(input)).item()).toBe(6);
});
