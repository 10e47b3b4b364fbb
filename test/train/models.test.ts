/** The classic networks: their parameters and costs. */
import { expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { architecture, inspectArchitecture } from "../../src/models/architectures.ts";

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

test("looking at a network makes no weights", () => {
  inspectArchitecture("cnn");
  architecture("cnn").summary();
  expect(h.memory().tensors).toEqual([]);
});

test("an unknown name", () => {
  expect(() => inspectArchitecture("resnet")).toThrow(
    '[model] must be one of mlp, wide-mlp, cnn: got "resnet"',
  );
});
