/** Recurrent layers and attention beyond what PyTorch checks: masks, directions, variants, initial values, errors. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];
const near = (list: readonly number[]): unknown[] => list.map((v) => expect.closeTo(v, 5));

const LAYERS = {
  simpleRNN: nn.simpleRNN,
  lstm: nn.lstm,
  gru: nn.gru,
  "gru, reset before": (options: nn.GruOptions) => nn.gru({ ...options, resetAfter: false }),
};

describe.each(Object.entries(LAYERS))("%s", (_, make) => {
  const x = h.randomNormal([2, 4, 3]);

  test("gives the last step of its sequence", async () => {
    const all = make({ units: 2, returnSequences: true });
    const last = make({ units: 2 });
    h.setSeed(1);
    const sequence = await values(all.apply(x));
    h.setSeed(1);
    expect(await values(last.apply(x))).toEqual([...sequence.slice(6, 8), ...sequence.slice(14, 16)]);
  });

  test("keeps state and output where the mask is false", async () => {
    const layer = make({ units: 2 });
    const mask = tensor([
      [true, true, true, true],
      [true, false, true, false],
    ]);
    const masked = await values(layer.apply(x, mask));
    const whole = await values(layer.apply(x));
    const short = h.concat([x.slice([1, 0], [2, 1]), x.slice([1, 2], [2, 3])], 1);
    expect(masked.slice(0, 2)).toEqual(near(whole.slice(0, 2)));
    expect(masked.slice(2)).toEqual(near(await values(layer.apply(short))));
  });

  test("runs backwards", async () => {
    const layer = make({ units: 2 });
    const backwards = make({ units: 2, goBackwards: true }).build([4, 3]);
    layer.build([4, 3]);
    for (const [i, p] of backwards.parameters().entries()) p.assign(layer.parameters()[i].value);
    expect(await values(backwards.apply(x))).toEqual(near(await values(layer.apply(x.flip(1)))));
  });

  test("learns to tell sequences apart", async () => {
    h.setSeed(3);
    const layer = make({ units: 1 });
    const loss = () =>
      layer
        .apply(x)
        .sub(tensor([[0.5], [-0.5]]))
        .square()
        .mean();
    const before = await loss().item();
    for (let i = 0; i < 5; i++) {
      const gradients = h.grad(layer, loss)();
      for (const [p, g] of gradients) p.assign(p.value.sub(g.mul(0.5)));
    }
    expect(await loss().item()).toBeLessThan(0.9 * before);
  });
});

describe("gru with the reset gate before the product", () => {
  test("is Cho's formula", async () => {
    const layer = nn.gru({
      units: 1,
      resetAfter: false,
      recurrentActivation: "linear",
      activation: "linear",
    });
    layer.build([2, 1]);
    layer.kernel.assign(tensor([[0.5, 2, 3]]));
    layer.recurrentKernel.assign(tensor([[1, 1, 2]]));
    // Step 1 from 0: update 0.5, new 3 → 1.5. Step 2: update 2, reset 3.5, new 3 + 2 · 5.25 = 13.5 → 2 · 1.5 − 13.5.
    expect(await values(layer.apply(h.ones([1, 2, 1])))).toEqual([-10.5]);
    expect(layer.bias?.shape).toEqual([3]);
  });
});

describe("lstm", () => {
  test("starts with its forget gate open", async () => {
    const open = nn.lstm({ units: 2 }).build([1, 1]);
    expect(await values(open.bias!.value)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    const shut = nn.lstm({ units: 1, unitForgetBias: false }).build([1, 1]);
    expect(await values(shut.bias!.value)).toEqual([0, 0, 0, 0]);
  });
});

describe("bad input", () => {
  test("of recurrent layers", () => {
    expect(() => nn.lstm({ units: 0 })).toThrow("[lstm] units must be a positive integer: got 0");
    expect(() => nn.gru({ units: 1 }).build([3])).toThrow(
      "[gru] expects input [batch, time, features]: got [1, 3]",
    );
    const layer = nn.simpleRNN({ units: 1 }).build([2, 3]);
    expect(() => layer.apply(h.zeros([1, 2, 4]))).toThrow(
      "[simpleRNN] expects input [batch, time, 3]: got [1, 2, 4]",
    );
    expect(() => layer.apply(h.zeros([1, 2, 3]), h.zeros([1, 3]))).toThrow(
      "[simpleRNN] expects a mask [1, 2]: got [1, 3]",
    );
    expect(() => nn.lstm({ units: 1, recurrentActivation: "soft" as never })).toThrow(
      "[lstm] recurrentActivation must be one of",
    );
  });

  test("of attention", () => {
    expect(() => nn.multiHeadAttention({ numHeads: 0, keyDim: 1 })).toThrow(
      "[multiHeadAttention] numHeads must be a positive integer: got 0",
    );
    const layer = nn.multiHeadAttention({ numHeads: 1, keyDim: 2 });
    expect(() => layer.apply(h.zeros([2, 3]))).toThrow(
      "[multiHeadAttention] expects input [batch, time, features]: got [2, 3]",
    );
    const x = h.zeros([1, 2, 2]);
    expect(() => layer.apply(x, x, x, h.ones([2]))).toThrow(
      "[multiHeadAttention] expects a mask [time, source], [batch, …] or [batch, heads, …]: got [2]",
    );
  });
});

describe("attention", () => {
  test("looks only where the mask lets it; lengths and sizes may differ", async () => {
    const layer = nn.multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 4, outputDim: 5 });
    const [query, source] = [h.randomNormal([2, 3, 4]), h.randomNormal([2, 6, 7])];
    const y = layer.apply(query, source);
    expect(y.shape).toEqual([2, 3, 5]);
    const firstTwo = h.arange(6).less(2).expandDims(0).broadcastTo([3, 6]);
    const masked = await values(layer.apply(query, source, source, firstTwo));
    const short = source.slice([0, 0], [undefined, 2]);
    expect(masked).toEqual(near(await values(layer.apply(query, short))));
    const perSample = await values(layer.apply(query, source, source, firstTwo.broadcastTo([2, 3, 6])));
    expect(perSample).toEqual(near(masked));
    expect(layer.parameters()).toHaveLength(8);
  });

  test("drops attention in training only", async () => {
    const layer = nn.multiHeadAttention({ numHeads: 1, keyDim: 2, dropout: 0.5 });
    const x = h.randomNormal([1, 8, 2]);
    const still = await values(layer.apply(x));
    expect(await values(layer.apply(x))).toEqual(still);
    expect(await values(h.withTraining(true, () => layer.apply(x)))).not.toEqual(still);
  });
});
