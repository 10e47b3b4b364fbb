// Trains a small network in the page and writes what happens. Serve the repository's folder with any static server
// and open /examples/browser/; add ?device=webgpu or ?device=wasm to choose.
import { createModel, deviceInfo, setDevice, setSeed } from "heddle";
import { digits } from "heddle/data";
import * as nn from "heddle/nn";
import { adam } from "heddle/optim";

const log = (line) => document.querySelector("#log").append(`${line}\n`);

export async function main() {
  setSeed(0);
  await setDevice(new URLSearchParams(location.search).get("device") ?? "auto");
  const { adapter, reason } = deviceInfo();
  document.querySelector("#device").textContent = `${adapter} (${reason})`;

  const { train, test } = await digits({ train: 1000, test: 200 });
  const network = nn.sequential(
    [nn.flatten(), nn.dense({ units: 64, activation: "relu" }), nn.dense({ units: 10 })],
    { inputShape: [28, 28, 1] },
  );
  const model = createModel(network, {
    optimizer: adam({ learningRate: 3e-3 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  for (let epoch = 1; epoch <= 3; epoch++) {
    const { loss, accuracy } = await model.fit(train, { epochs: 1, batchSize: 50 });
    log(`epoch ${epoch}: loss ${loss[0].toFixed(3)}, accuracy ${accuracy[0].toFixed(3)}`);
  }
  const { accuracy } = await model.evaluate(test);
  log(`test accuracy ${accuracy.toFixed(3)}`);
  return { adapter, accuracy };
}

globalThis.__result = main();
