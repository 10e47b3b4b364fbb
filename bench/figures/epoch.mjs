// One epoch of the CNN of `heddle train` over MNIST, by `fit`, against PyTorch's in a loop over batches of a tensor:
// the same layers, batch and optimizer, in random order, with the accuracy; two threads each, one after the other.
import { size } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { initialize } from "../networks/layers.mjs";
import { findPython, start } from "../peers/torch.mjs";
import { reportOf } from "./process.mjs";

const IMAGES = 60_000;
export const BATCH = 128;
export const THREADS = 2;

async function withTorch(count) {
  const { trainingImages } = await import("./epoch-data.mjs");
  const { train } = await trainingImages(count);
  const network = networks.cnn;
  const { input, optimizer } = network;
  const pixels = size(input);
  const [x, y] = [new Float32Array(count * pixels), new Int32Array(count)];
  let row = 0;
  for (const [image, label] of train) {
    x.set(image.data, row * pixels);
    y[row++] = label.data[0];
  }
  const engine = await start({ threads: THREADS });
  const job = await engine.epoch({ input, layers: initialize(network), x, y, batch: BATCH, optimizer });
  const accuracy = await job.run();
  engine.stop();
  return { version: engine.version, seconds: job.milliseconds / 1000, accuracy };
}

const shown = ({ seconds, accuracy }) => `${seconds.toFixed(1)} s, accuracy ${(100 * accuracy).toFixed(1)}%`;

export const epoch = {
  name: "epoch",
  title: "one CNN epoch by fit over PyTorch's, two threads each",
  unit: "×",
  async measure({ isQuick, hasPeers }) {
    const count = isQuick ? IMAGES / 10 : IMAGES;
    const ours = await reportOf("epoch-child.mjs", [count]);
    const details = { images: `${count.toLocaleString("en-US")} ${ours.source}`, Heddle: shown(ours) };
    if (!hasPeers || !findPython()) return { details };
    const theirs = await withTorch(count);
    return {
      value: ours.seconds / theirs.seconds,
      version: theirs.version,
      details: { ...details, PyTorch: shown(theirs) },
    };
  },
};
