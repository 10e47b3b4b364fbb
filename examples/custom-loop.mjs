// A network as a class and a training loop of one's own: the whole step is one compiled plan.
import { jit, setSeed, sparseCategoricalCrossentropy, valueAndGrad } from "heddle";
import { digits } from "heddle/data";
import * as nn from "heddle/nn";
import { adam } from "heddle/optim";

class Residual extends nn.Module {
  constructor(units) {
    super();
    this.inner = nn.dense({ units, activation: "relu" });
    this.scale = this.parameter([units], { initializer: "zeros" });
  }

  forward(x) {
    return x.add(this.inner.apply(x).mul(this.scale.value));
  }
}

setSeed(0);
const { train, test } = await digits({ train: 4000, test: 400 });
const network = nn.sequential(
  [nn.flatten(), nn.dense({ units: 64, activation: "relu" }), new Residual(64), nn.dense({ units: 10 })],
  { inputShape: [28, 28, 1] },
);
const optimizer = adam({ learningRate: 2e-3 });

const lossAndGrads = valueAndGrad(network, (x, y) => sparseCategoricalCrossentropy(y, network.apply(x)));
const step = jit(
  (x, y) => {
    const [loss, grads] = lossAndGrads(x, y);
    optimizer.update(grads);
    return loss;
  },
  { training: true },
);
const correct = jit((x, y) => network.apply(x).argMax(-1).equal(y).sum());

for (let epoch = 0; epoch < 5; epoch++) {
  let loss;
  for await (const [x, y] of train.batches({ batchSize: 50, shuffle: true })) loss = await step(x, y);
  let right = 0;
  for await (const [x, y] of test.batches({ batchSize: 100 })) right += await (await correct(x, y)).item();
  console.log(
    `epoch ${epoch + 1}: loss ${(await loss.item()).toFixed(3)}, test accuracy ${(right / test.length).toFixed(3)}`,
  );
}
