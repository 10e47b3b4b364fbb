/** Wrong options of the known networks. */
import * as models from "../../src/models/index.ts";
import { describeMistakes } from "./rows.ts";
import { describeFactories } from "./schemas.ts";

describeFactories(
  models,
  {},
  { architecture: "takes a name: see `shapes and names`", inspectArchitecture: "takes a name" },
);

const NAMES =
  "mlp, wide-mlp, cnn, logistic-regression, lenet-5, alexnet, alexnet-two-towers, vgg-16, resnet-18, resnet-34, " +
  "resnet-50, resnet-20, resnet-56, plain-20, plain-56, mobilenet-v2, detector, linear-regression, dense-autoencoder, " +
  "conv-autoencoder";
const UNKNOWN = `[model] must be one of ${NAMES}: got "resnet-19"`;
describeMistakes("shapes and names", [
  [
    "no shape",
    () => models.mlp({ inputShape: 784 as never }),
    "[mlp] a shape holds non-negative integers: got 784",
  ],
  ["architecture", () => models.architecture("resnet-19"), UNKNOWN],
  ["inspectArchitecture", () => models.inspectArchitecture("resnet-19"), UNKNOWN],
]);
