// Heddle's part of epoch.mjs: the public `fit`, from its call to its end.
import { createModel, setDevice } from "../../dist/node/index.js";
import { cnn } from "../../dist/node/models/index.js";
import { adam } from "../../dist/node/optim/index.js";
import { BATCH, THREADS } from "./epoch.mjs";
import { trainingImages } from "./epoch-data.mjs";

const { threads } = await setDevice("wasm", { threads: THREADS });
if (threads !== THREADS) throw new Error(`asked for ${THREADS} threads: got ${threads}`);
const { source, train } = await trainingImages(Number(process.argv[2]));
const model = createModel(cnn(), {
  optimizer: adam(),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});
const begin = performance.now();
const { accuracy } = await model.fit(train, { epochs: 1, batchSize: BATCH });
const seconds = (performance.now() - begin) / 1000;
process.send({ source, seconds, accuracy: accuracy[0] });
process.once("disconnect", () => process.exit());
