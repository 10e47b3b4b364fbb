// The process that memory.mjs watches. A batch of 8 keeps it short; what leaks does so at any batch size.
import { memory } from "../../dist/node/index.js";
import { labels, size, uniform } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { initialize } from "../networks/layers.mjs";
import { start } from "../peers/heddle.mjs";

const steps = Number(process.argv[2]);
const batch = 8;
const warmUp = 100;

function use() {
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  const [{ live, reserved }] = memory().devices;
  return { rss, heap: heapUsed, live, reserved };
}

const engine = await start({ threads: 1 });
const { input, optimizer } = networks.cnn;
const x = uniform(3, batch * size(input), 0, 1);
const layers = initialize(networks.cnn);
const job = await engine.train({ input, layers, x, y: labels(4, batch, 10), optimizer });
const run = async (count) => {
  for (let i = 0; i < count; i++) await job.run();
};

await run(warmUp);
use(); // a second collection frees what finalizers held on to
await new Promise((resolve) => setTimeout(resolve, 50));
const before = use();
await run(steps);
await new Promise((resolve) => setTimeout(resolve, 50));
const after = use();

// Allocation is what the heap grows by between collections; few steps do not fill the young generation.
const counted = 100;
const used = process.memoryUsage().heapUsed;
await run(counted);
const perStep = (process.memoryUsage().heapUsed - used) / counted;

const growth = Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]]));
process.send({ ...growth, perStep });
process.once("disconnect", () => process.exit());
