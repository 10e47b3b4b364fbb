// The process that peak.mjs asks: runs a network and reports the bytes in use. A plan keeps its memory between runs, so
// this is its peak, without what loading the weights took.
import { labels, size, uniform } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { initialize } from "../networks/layers.mjs";
import { start } from "../peers/heddle.mjs";
import { BATCH } from "./peak.mjs";

const network = networks[process.argv[2]];
const { input, optimizer } = network;
const layers = initialize(network);
const engine = await start({ threads: 1 });
const job = optimizer
  ? await engine.train({
      input,
      layers,
      x: uniform(3, BATCH * size(input), 0, 1),
      y: labels(4, BATCH, 10),
      optimizer,
    })
  : await engine.infer({ input, layers, x: uniform(3, size(input), 0, 1) });
for (let i = 0; i < 3; i++) {
  await job.run();
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 50)); // for finalizers
}
await job.run();
process.send(engine.memory());
process.once("disconnect", () => process.exit());
