// The peak of the wasm heap for one CNN training step and one ResNet-18 inference, against what must be alive at the
// widest point whatever the plan: each in a process of its own (peak-child.mjs).
import { size } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { initialize } from "../networks/layers.mjs";
import { reportOf } from "./process.mjs";

const MIB = 2 ** 20;
const FLOAT = 4;
export const BATCH = 128;

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Numbers in the weights and statistics of layers. */
const weightsOf = (layers) =>
  sum(
    layers.map(({ kernel, bias, scale, body, shortcut }) =>
      body
        ? weightsOf(body) + weightsOf(shortcut)
        : (kernel?.length ?? 0) + (bias?.length ?? 0) + 4 * (scale?.length ?? 0),
    ),
  );

/** Numbers alive beside the weights while one image runs: a layer's input and output, and what a shortcut holds. */
const widestForward = (layers) =>
  Math.max(
    ...layers.map(({ from, to, body, shortcut }) =>
      body
        ? Math.max(size(from) + widestForward(body), size(to) + widestForward([...shortcut, { from, to }]))
        : size(from) + size(to),
    ),
  );

/**
 * Numbers alive per sample at the widest point of the backward pass of a chain: what the layers up to one put out, and
 * the gradients of its output and input. Flattening copies nothing; the first input needs no gradient.
 */
function widestBackward(layers) {
  const chain = layers.filter(({ type }) => type !== "flatten");
  return Math.max(
    ...chain.map((_, i) => {
      const kept = size(chain[0].from) + sum(chain.slice(0, i + 1).map(({ to }) => size(to)));
      return kept + size(chain[i].to) + (i > 0 ? size(chain[i].from) : 0);
    }),
  );
}

/** Bytes: Adam keeps two numbers beside each weight. */
const needed = {
  cnn: (layers) => FLOAT * (3 * weightsOf(layers) + BATCH * widestBackward(layers)),
  resnet18: (layers) => FLOAT * (weightsOf(layers) + widestForward(layers)),
};

const peak = (network, title) => ({
  name: `peak-${network}`,
  title: `peak wasm heap over what must be alive, ${title}`,
  unit: "×",
  isDefault: true,
  async measure() {
    const report = await reportOf("peak-child.mjs", [network], ["--expose-gc"]);
    const least = needed[network](initialize(networks[network]));
    const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;
    return {
      value: report.live / least,
      details: {
        "in use": mib(report.live),
        "must be alive": mib(least),
        "held from the system, with what loading took": mib(report.reserved),
      },
    };
  },
});

export const peakTraining = peak("cnn", "CNN step");
export const peakInference = peak("resnet18", "ResNet-18 inference");
