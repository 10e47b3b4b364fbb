/** Wrong options of the known networks. */
import * as models from "../../src/models/index.ts";
import { describeMistakes, describeOptions, expectCovered, type Table } from "./rows.ts";
import { COUNT, FLAG, INTEGER } from "./rules.ts";

const classifier = { classes: COUNT, inputShape: [], seed: INTEGER };
const trunk = { ...classifier, top: FLAG };
const autoencoder = { code: COUNT, seed: INTEGER };
const { alexnet, alexnetTwoTowers, cnn, lenet5, logisticRegression, mlp, wideMlp } = models;
const { detector, mobilenetV2, plain20, plain56, resnet18, resnet20, resnet34, resnet50, resnet56, vgg16 } =
  models;

const CLASSIFIERS = { alexnet, alexnetTwoTowers, cnn, lenet5, logisticRegression, mlp, wideMlp };
const TRUNKS = {
  detector,
  mobilenetV2,
  plain20,
  plain56,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  resnet56,
  vgg16,
};
const TABLES: Record<string, Pick<Table, "make" | "wrong">> = {
  linearRegression: { make: models.linearRegression, wrong: { features: COUNT, outputs: COUNT } },
  denseAutoencoder: { make: models.denseAutoencoder, wrong: autoencoder },
  convAutoencoder: { make: models.convAutoencoder, wrong: autoencoder },
};
for (const [where, make] of Object.entries(CLASSIFIERS)) TABLES[where] = { make, wrong: classifier };
for (const [where, make] of Object.entries(TRUNKS)) TABLES[where] = { make, wrong: trunk };
for (const [where, table] of Object.entries(TABLES)) describeOptions({ where, ...table });

const NAMES =
  "mlp, wide-mlp, cnn, logistic-regression, lenet-5, alexnet, alexnet-two-towers, vgg-16, resnet-18, resnet-34, " +
  "resnet-50, resnet-20, resnet-56, plain-20, plain-56, mobilenet-v2, detector, linear-regression, dense-autoencoder, " +
  "conv-autoencoder";
const UNKNOWN = `[model] must be one of ${NAMES}: got "resnet-19"`;
describeMistakes("shapes and names", [
  ["no shape", () => mlp({ inputShape: 784 as never }), "[mlp] a shape holds non-negative integers: got 784"],
  ["architecture", () => models.architecture("resnet-19"), UNKNOWN],
  ["inspectArchitecture", () => models.inspectArchitecture("resnet-19"), UNKNOWN],
]);

expectCovered(models, [...Object.keys(TABLES), "architecture", "inspectArchitecture"]);
