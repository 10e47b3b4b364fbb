// The smallest network that is not linear: exclusive or.
import { createModel, setSeed, tensor } from "heddle";
import { dataset } from "heddle/data";
import * as nn from "heddle/nn";
import { adam } from "heddle/optim";

setSeed(3);
const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [0]]);

const network = nn.sequential([nn.dense({ units: 8, activation: "tanh" }), nn.dense({ units: 1 })], {
  inputShape: [2],
});
const model = createModel(network, {
  optimizer: adam({ learningRate: 0.05 }),
  loss: "binaryCrossentropy",
});
const { loss } = await model.fit(dataset([x, y]), { epochs: 200, batchSize: 4 });
console.log(`loss ${loss[0].toFixed(3)} → ${loss.at(-1).toFixed(3)}`);

const probabilities = (await model.predict(x)).sigmoid();
console.log(await probabilities.round().array());
