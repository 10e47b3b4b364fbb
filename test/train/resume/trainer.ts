/** Trains in a process of its own, from where the last one stopped; prints steps as they are saved. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setDevice } from "../../../src/index.ts";
import { checkpoint, csvLogger } from "../../../src/train/callbacks.ts";
import { contentOf, makeModel, run } from "./program.ts";

const [folder] = process.argv.slice(2);
await setDevice("wasm", { threads: 1 });
const model = makeModel("adam");
const store = join(folder, "model.safetensors");
const history = await run(
  model,
  [
    checkpoint(store, { everySteps: 1 }),
    csvLogger(join(folder, "log.csv")),
    { pauseEvery: 1, onPause: ({ epoch, step }) => void process.stdout.write(`${epoch} ${step}\n`) },
  ],
  { resume: store },
);
await writeFile(join(folder, "result.json"), JSON.stringify({ history, content: await contentOf(model) }));
