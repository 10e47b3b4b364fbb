/** The known networks: parameters, costs, shapes; none of them needs memory to be looked at. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { architecture, architectures, inspectArchitecture } from "../../src/models/architectures.ts";
import * as models from "../../src/models/index.ts";
import { fromConfig } from "../../src/nn/fromConfig.ts";
import { countOf } from "../../src/nn/variable.ts";
import { adam } from "../../src/optim/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

test.each([
  ["mlp", 55_050, 109_824],
  ["wide-mlp", 669_706, 1_337_344],
  ["cnn", 1_199_882, 23_984_896],
])("%s has %i parameters and takes %i flops", (name, parameters, flops) => {
  const found = inspectArchitecture(name);
  expect(found).toMatchObject({ name, parameters, trainable: parameters, flops });
  expect(found.layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
  expect(found.layers.at(-1)).toMatchObject({ type: "dense", outputShape: [10] });
});

/** Parameters; neurons; multiply-adds where the literature has them, in billions. */
const KNOWN: readonly (readonly [name: string, parameters: number, neurons?: number, giga?: number])[] = [
  ["linear-regression", 2, 1],
  ["logistic-regression", 7_850, 10],
  ["lenet-5", 61_706, 6 * 28 * 28 + 16 * 100 + 120 + 84 + 10],
  ["alexnet", 61_100_840, 64 * 55 * 55 + 192 * 27 * 27 + (384 + 256 + 256) * 169 + 9192, 0.714],
  ["alexnet-two-towers", 60_965_224, 96 * 55 * 55 + 256 * 27 * 27 + (384 + 384 + 256) * 169 + 9192, 0.724],
  ["vgg-16", 138_357_544, 13_547_520 + 9192, 15.47],
  ["resnet-18", 11_689_512, 2_483_712 + 1000, 1.814],
  ["resnet-34", 21_797_672, undefined, 3.664],
  ["resnet-50", 25_557_032, undefined, 4.089],
  ["resnet-20", 269_722, 16_384 * 7 + 8192 * 6 + 4096 * 6 + 10, 0.0406],
  ["resnet-56", 853_018, undefined, 0.125],
  ["plain-20", 269_722, undefined, 0.0406],
  ["plain-56", 853_018, undefined, 0.125],
  ["mobilenet-v2", 3_504_872, undefined, 0.301],
  ["dense-autoencoder", 2 * 784 * 128 + 2 * 128 * 32 + 784 + 128 + 32 + 128, 784 + 128 + 32 + 128],
];

test.each(KNOWN.map(([name, parameters, neurons, giga]) => ({ name, parameters, neurons, giga })))(
  "$name has $parameters parameters",
  ({ name, parameters, neurons, giga }) => {
    const found = inspectArchitecture(name);
    expect(found.parameters).toBe(parameters);
    expect(found.trainable).toBe(parameters);
    if (neurons !== undefined) expect(found.neurons).toBe(neurons);
    if (giga !== undefined) expect(found.flops / 2e9).toBeCloseTo(giga, giga < 1 ? 3 : 1);
  },
);

test("the detector network has 23 layers with kernels", () => {
  const { layers } = inspectArchitecture("detector");
  expect(layers.filter(({ flops }) => flops > 0)).toHaveLength(23);
});

test("looking at networks makes no weights", () => {
  for (const name of ["cnn", "vgg-16", "resnet-50"]) {
    inspectArchitecture(name);
    architecture(name).summary();
  }
  expect(h.memory().tensors).toEqual([]);
});

test.each(Object.keys(architectures))("%s comes back from its description", (name) => {
  const net = architecture(name);
  const again = fromConfig(JSON.parse(JSON.stringify(net.config())));
  expect(again.config()).toEqual(net.config());
  expect([...again.state().keys()]).toEqual([...net.state().keys()]);
});

test("an unknown name", () => {
  expect(() => inspectArchitecture("resnet")).toThrow(/^\[model\] must be one of mlp, .*: got "resnet"$/);
});

describe("options", () => {
  test("classes and sizes; without the top what is left are the features", () => {
    const small = models.resnet18({ classes: 3, inputShape: [64, 64, 3] });
    expect(small.outputShape()).toEqual([3]);
    expect(models.resnet50({ top: false }).outputShape()).toEqual([2048]);
    expect(models.mobilenetV2({ top: false }).outputShape()).toEqual([1280]);
    expect(models.vgg16({ top: false, inputShape: [32, 32, 3] }).outputShape()).toEqual([512]);
    expect(countOf(models.detector({ top: false }).parameters())).toBe(
      countOf(models.detector().parameters()) - 66,
    );
  });

  test("layers have torchvision's names", () => {
    const names = [...models.resnet50().state().keys()];
    expect(names).toContain("layers.layer3.5.conv3.kernel");
    expect(names).toContain("layers.layer1.0.downsample.1.runningMean");
    expect([...models.mobilenetV2().state().keys()]).toContain("layers.features.17.conv.1.0.kernel");
    expect([...models.vgg16().state().keys()]).toContain("layers.features.28.kernel");
  });
});

test("the convolutional autoencoder gives images of its input's size, and learns", async () => {
  h.setSeed(2);
  const model = h.createModel(models.convAutoencoder({ code: 4 }), {
    optimizer: adam({ learningRate: 0.01 }),
    loss: "meanSquaredError",
  });
  const x = h.tensor(
    Float32Array.from({ length: 4 * 784 }, (_, i) => (i % 28 < 14 ? 1 : 0)),
    { shape: [4, 28, 28, 1] },
  );
  const { loss } = await model.fit([x, x], { epochs: 8, batchSize: 4 });
  expect(loss.at(-1)!).toBeLessThan(0.8 * loss[0]);
});
