// A convolutional network on MNIST: `node examples/mnist-cnn.mjs FOLDER`, with the four MNIST files in the folder.
// Without an argument it learns the synthetic digits that come with Heddle.
import { createModel, deviceInfo, setDevice, setSeed } from "heddle";
import { earlyStopping, progress } from "heddle/callbacks";
import { digits, mnist } from "heddle/data";
import * as nn from "heddle/nn";
import { adam } from "heddle/optim";

const [directory] = process.argv.slice(2);

setSeed(0);
await setDevice("auto");
console.log(`on ${deviceInfo().adapter}: ${deviceInfo().reason}`);

const { train, test } = directory ? await mnist({ directory }) : await digits({ train: 4000, test: 500 });

const network = nn.sequential(
  [
    nn.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
    nn.maxPool2d({ poolSize: 2 }),
    nn.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
    nn.maxPool2d({ poolSize: 2 }),
    nn.flatten(),
    nn.dropout({ rate: 0.25 }),
    nn.dense({ units: 10 }),
  ],
  { inputShape: [28, 28, 1] },
);
const model = createModel(network, {
  optimizer: adam({ learningRate: 2e-3 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});
console.log(model.summary());

await model.fit(train, {
  epochs: 3,
  batchSize: 64,
  validationData: test,
  callbacks: [progress(), earlyStopping({ patience: 1 })],
});
const { accuracy } = await model.evaluate(test);
console.log(`test accuracy ${(100 * accuracy).toFixed(1)}%`);
await model.save("build/mnist-cnn.safetensors");
