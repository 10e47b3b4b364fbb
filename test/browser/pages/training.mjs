// Trains a small network on the synthetic digits; the same in a window and in a worker.
import { createModel, setDevice, setSeed, shutdown } from "heddle";
import { digits } from "heddle/data";
import * as nn from "heddle/nn";
import { adam } from "heddle/optim";

const networks = {
  mlp: () => [nn.flatten(), nn.dense({ units: 64, activation: "relu" }), nn.dense({ units: 10 })],
  cnn: () => [
    nn.conv2d({ filters: 8, kernelSize: 3, activation: "relu" }),
    nn.maxPool2d({ poolSize: 2 }),
    nn.dropout({ rate: 0.25 }),
    nn.flatten(),
    nn.dense({ units: 10 }),
  ],
};

/** Returns the loss of each step, and what computed. */
export async function train(device, network) {
  setSeed(1);
  const { threads, adapter } = await setDevice(device);
  const data = await digits({ train: 128, test: 0 });
  const model = createModel(nn.sequential(networks[network](), { inputShape: [28, 28, 1] }), {
    optimizer: adam({ learningRate: 3e-3 }),
    loss: "sparseCategoricalCrossentropy",
  });
  const { stepLoss } = await model.fit(data.train, { epochs: 6, batchSize: 16 });
  await shutdown();
  return { threads, adapter, losses: [...stepLoss] };
}
