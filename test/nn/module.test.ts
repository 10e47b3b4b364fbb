/** Modules: paths, shapes on demand, sharing, failure, freezing, tables. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];

class Residual extends nn.Module {
  readonly conv;
  readonly norm;
  readonly scale;
  constructor(filters: number) {
    super();
    this.conv = nn.conv2d({ filters, kernelSize: 3, padding: "same" });
    this.norm = nn.batchNorm();
    this.scale = this.parameter([filters], { initializer: "zeros" });
  }
  forward(x: Tensor) {
    return x.add(this.norm.apply(this.conv.apply(x)).mul(this.scale)).relu();
  }
}

describe("paths", () => {
  test("lead through fields, arrays and maps in definition order", () => {
    class Net extends nn.Module {
      readonly blocks = [new Residual(2), new Residual(2)];
      readonly heads = new Map([["digit", nn.dense({ units: 3 })]]);
      forward(x: Tensor) {
        return this.heads.get("digit")!.apply(this.blocks.reduce((y, b) => b.apply(y), x).mean([1, 2]));
      }
    }
    const net = new Net().build([4, 4, 2]);
    expect([...net.state().keys()]).toEqual([
      "blocks.0.conv.kernel",
      "blocks.0.conv.bias",
      "blocks.0.norm.scale",
      "blocks.0.norm.offset",
      "blocks.0.norm.runningMean",
      "blocks.0.norm.runningVariance",
      "blocks.0.scale",
      "blocks.1.conv.kernel",
      "blocks.1.conv.bias",
      "blocks.1.norm.scale",
      "blocks.1.norm.offset",
      "blocks.1.norm.runningMean",
      "blocks.1.norm.runningVariance",
      "blocks.1.scale",
      "heads.digit.kernel",
      "heads.digit.bias",
    ]);
    expect(net.parameters()).toHaveLength(12);
    expect([...net.modules().keys()]).toContain("blocks.1.norm");
  });

  test("a shared layer counts once", async () => {
    const shared = nn.dense({ units: 2 });
    const net = nn.sequential([shared, nn.relu(), shared], { inputShape: [2] });
    expect(net.parameters()).toEqual([shared.kernel, shared.bias]);
    const [, grads] = h.valueAndGrad(net, (x: Tensor) => net.apply(x).sum())(tensor([[1, 2]]));
    expect(grads.size).toBe(2);
  });

  test("key initial values: equal for equal roots, whatever was built before", async () => {
    const make = () => nn.sequential([nn.dense({ units: 3 }), nn.dense({ units: 3 })], { inputShape: [3] });
    h.setSeed(5);
    const [first, second] = [make(), make()];
    // Backwards: the order of creation does not matter.
    const late = await Promise.all([...second.parameters()].reverse().map((p) => values(p.value)));
    const early = await Promise.all(first.parameters().map((p) => values(p.value)));
    expect(early).toEqual(late.reverse());
    expect(early[0]).not.toEqual(early[2]);
    h.setSeed(6);
    expect(await values(make().parameters()[0].value)).not.toEqual(early[0]);
    const seeded = nn.sequential([nn.dense({ units: 3 })], { inputShape: [3], seed: 5 });
    expect(await values(seeded.parameters()[0].value)).toEqual(early[0]);
  });

  test("a parameter that no field of the root leads to is an error", () => {
    class Hidden extends nn.Module {
      readonly #inner = nn.dense({ units: 2 });
      forward(x: Tensor) {
        return this.#inner.apply(x);
      }
    }
    expect(() => new Hidden().apply(tensor([[1]]))).toThrow(
      "a parameter [1, 2] of dense is used, but no public field of the root leads to it: keep modules in fields, arrays or maps",
    );
  });
});

describe("setup", () => {
  test("makes what depends on the shapes of the first call, with several inputs", async () => {
    class Bilinear extends nn.Module {
      weights!: nn.Parameter;
      protected override setup(a: Tensor, b: Tensor): void {
        this.weights = this.parameter([a.shape[1], b.shape[1]], { initializer: "ones" });
      }
      forward(a: Tensor, b: Tensor): Tensor {
        return a.matmul(this.weights).mul(b).sum(1);
      }
    }
    const layer = new Bilinear().build([2], [3]);
    expect(layer.inputShapes).toEqual([[2], [3]]);
    expect(layer.outputShape()).toEqual([]);
    expect(await values(layer.apply(tensor([[1, 2]]), tensor([[1, 2, 3]])))).toEqual([18]);
  });
});

describe("shapes", () => {
  test("come from inputShape, build or the first call", async () => {
    const net = nn.sequential([nn.flatten(), nn.dense({ units: 4 })]);
    expect(net.isBuilt).toBe(false);
    expect(() => net.summary()).toThrow(
      "[sequential] its shapes are not known: give inputShape, or call build or apply first",
    );
    net.apply(h.zeros([5, 2, 3]));
    expect(net.inputShapes).toEqual([[2, 3]]);
    expect(net.layers[1].inputShapes).toEqual([[6]]);
    expect(net.parameters().map((p) => p.shape)).toEqual([[6, 4], [4]]);
    expect(nn.sequential([nn.dense({ units: 1 })], { inputShape: [7] }).parameters()[0].shape).toEqual([
      7, 1,
    ]);
  });

  test("building computes and allocates nothing", () => {
    const before = h.memory().tensors.length;
    const random = h.randomState();
    const net = nn.sequential([nn.conv2d({ filters: 8, kernelSize: 3 }), nn.dropout({ rate: 0.5 })]);
    net.build([8, 8, 1]);
    net.summary();
    expect(h.memory().tensors.length).toBe(before);
    expect(h.randomState()).toEqual(random);
  });

  test("an error names the layer, and a failed build leaves nothing behind", async () => {
    const net = nn.sequential([nn.dense({ units: 4 }), nn.conv2d({ filters: 2, kernelSize: 3 })]);
    expect(() => net.apply(h.zeros([2, 3]))).toThrow(
      "[layers.1 (conv2d)] expects input [batch, height, width, channels]: got [2, 4]",
    );
    expect(net.isBuilt).toBe(false);
    expect(net.parameters()).toEqual([]);
    const y = net.apply(h.zeros([1, 5, 5, 3]));
    expect(y.shape).toEqual([1, 3, 3, 2]);
    expect(() => net.apply(h.zeros([1, 5, 5, 2]))).toThrow(
      "[layers.0 (dense)] expects 3 features: got input [1, 5, 5, 2]",
    );
  });

  test("a failed trace leaves no layer built and no value made", async () => {
    const net = nn.sequential([nn.dense({ units: 2 })]);
    let fails = true;
    const step = h.jit((x: Tensor) => {
      const y = net.apply(x);
      if (fails) throw new Error("no");
      return y;
    });
    await expect(step(h.zeros([2, 3]))).rejects.toThrow("no");
    expect(net.isBuilt).toBe(false);
    expect(net.parameters()).toEqual([]);
    fails = false;
    expect((await step(h.zeros([2, 5]))).shape).toEqual([2, 2]);
    expect(net.parameters()[0].shape).toEqual([5, 2]);
  });
});

describe("freezing", () => {
  test("ends gradients, and retraces what was compiled", async () => {
    const net = nn.sequential([nn.dense({ units: 2 }), nn.dense({ units: 1 })], { inputShape: [2] });
    const step = h.jit((x: Tensor) => {
      const [, grads] = h.valueAndGrad(net, () => net.apply(x).sum())();
      return [...grads.values()];
    });
    expect(await step(tensor([[1, 2]]))).toHaveLength(4);
    net.layers[0].freeze();
    expect(net.layers[0].isFrozen).toBe(true);
    expect(net.trainableParameters()).toHaveLength(2);
    expect(await step(tensor([[1, 2]]))).toHaveLength(2);
    net.unfreeze();
    expect(await step(tensor([[1, 2]]))).toHaveLength(4);
  });
});

describe("inspection", () => {
  const net = nn.sequential(
    [new Residual(2), nn.maxPool2d(), nn.flatten(), nn.dense({ units: 3, activation: "softmax" })],
    { inputShape: [4, 4, 2] },
  );

  test("lists layers with their shape, parameters and flops", () => {
    expect(net.inspect()).toEqual([
      {
        name: "layers.0.conv",
        type: "conv2d",
        outputShape: [4, 4, 2],
        parameters: 38,
        flops: 2 * 16 * 9 * 4,
        neurons: 32,
      },
      {
        name: "layers.0.norm",
        type: "batchNorm",
        outputShape: [4, 4, 2],
        parameters: 4,
        flops: 0,
        neurons: 0,
      },
      { name: "layers.0", type: "Residual", outputShape: [4, 4, 2], parameters: 2, flops: 0, neurons: 0 },
      { name: "layers.1", type: "maxPool2d", outputShape: [2, 2, 2], parameters: 0, flops: 0, neurons: 0 },
      { name: "layers.2", type: "flatten", outputShape: [8], parameters: 0, flops: 0, neurons: 0 },
      { name: "layers.3", type: "dense", outputShape: [3], parameters: 27, flops: 48, neurons: 3 },
    ]);
  });

  test("prints a table", () => {
    net.layers[3].freeze();
    expect(net.summary()).toBe(
      `
Layer (type)                Output shape   Parameters
─────────────────────────────────────────────────────
layers.0.conv (conv2d)      [4, 4, 2]              38
layers.0.norm (batchNorm)   [4, 4, 2]               4
layers.0 (Residual)         [4, 4, 2]               2
layers.1 (maxPool2d)        [2, 2, 2]               0
layers.2 (flatten)          [8]                     0
layers.3 (dense)            [3]                    27
─────────────────────────────────────────────────────
Parameters: 71 (0.28 kB)
Trainable: 44
Non-trainable: 27
Running statistics: 4`.trim(),
    );
    net.unfreeze();
  });

  test("notes border pixels that no window reaches", () => {
    const pooled = (layer: nn.Layer) => nn.sequential([layer], { inputShape: [7, 8, 2] }).inspect()[0].note;
    expect(pooled(nn.conv2d({ filters: 1, kernelSize: 3, strides: 3 }))).toBe(
      "last 1 row and 2 columns of 7×8 not used (3×3 window, stride 3×3)",
    );
    expect(pooled(nn.avgPool2d())).toBe("last 1 row of 7×8 not used (2×2 window, stride 2×2)");
    expect(pooled(nn.conv2d({ filters: 1, kernelSize: 3, padding: "same", strides: 2 }))).toBeUndefined();
    expect(pooled(nn.conv2d({ filters: 1, kernelSize: 3, padding: 1, strides: 2 }))).toBeUndefined();
    expect(pooled(nn.conv2d({ filters: 1, kernelSize: 1, strides: 2 }))).toBeUndefined();
    const net = nn.sequential([nn.maxPool2d()], { inputShape: [3, 3, 1] });
    expect(net.summary().split("\n").at(-1)).toBe(
      "Note: layers.0: last 1 row and 1 column of 3×3 not used (2×2 window, stride 2×2)",
    );
  });
});
