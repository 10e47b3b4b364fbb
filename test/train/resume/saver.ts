/** Saves a model in a tight loop: all weights of the n-th save are n, and so is the file's count of epochs. */
import { createModel } from "../../../src/index.ts";
import * as nn from "../../../src/nn/index.ts";

const [path, first] = process.argv.slice(2);
const net = nn.sequential([nn.dense({ units: 300 })], { inputShape: [400] });
const model = createModel(net);
for (let n = Number(first); ; n++) {
  for (const variable of net.state().values()) {
    variable.load(new Float32Array(variable.shape.reduce((a, b) => a * b)).fill(n));
  }
  await model.save(path);
  process.stdout.write(`${n}\n`);
}
