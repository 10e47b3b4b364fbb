/** `heddle predict`: what a saved model sees in a picture. */
import { fail } from "../base/errors.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { decodeImage, toGrayscale28 } from "../io/image.ts";
import { file } from "../io/stores.ts";
import { setDevice } from "../runtime/devices.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { loadModel } from "../train/load.ts";
import type { Command } from "./command.ts";
import { percent } from "./text.ts";

export const predictCommand: Command = {
  name: "predict",
  summary: "tells which digit a picture shows",
  usage: "--model FILE --image FILE [--json]",
  options: {
    model: { value: "FILE", help: "a model saved by heddle train" },
    image: { value: "FILE", help: "a PNG or JPEG picture of one digit, dark on light or light on dark" },
    json: { help: "print one JSON object: {class, probabilities}" },
  },
  examples: ["heddle predict --model cnn-digits.safetensors --image seven.png"],
  async run(given) {
    const [modelFile, imageFile] = [given.required("model"), given.required("image")];
    // One picture is too little work for several threads.
    await setDevice("wasm", { threads: 1 });
    const model = await loadModel(modelFile);
    const picture = toGrayscale28(await decodeImage(await file(imageFile).read()));
    const x = tensor(picture.data, { shape: [1, ...inputOf(model.net.inputShapes)] });
    const probabilities = await probabilitiesOf(await model.predict(x));
    const best = probabilities.indexOf(Math.max(...probabilities));
    if (given.has("json")) console.log(JSON.stringify({ class: best, probabilities }));
    else console.log(asText(best, probabilities));
  },
};

/** Where the model takes the 28 × 28 pixels. */
function inputOf([shape]: readonly Shape[] = []): Shape {
  if (shape && sizeOf(shape) === 28 * 28) return shape;
  return fail(
    "predict",
    `the model must take 28 × 28 pixels: its input is ${shape ? showShape(shape) : "unknown"}`,
  );
}

/** The output itself where it is a distribution, else its softmax. */
async function probabilitiesOf(output: Tensor): Promise<number[]> {
  if (output.rank !== 2)
    fail("predict", `the model must give one number per class: it gives ${showShape(output.shape)}`);
  const values = Array.from(await output.data());
  const isDistribution =
    values.every((v) => v >= 0) && Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-3;
  return isDistribution ? values : Array.from(await output.softmax().data());
}

function asText(best: number, probabilities: readonly number[]): string {
  const rows = probabilities.map(
    (p, i) => `  ${i}  ${percent(p).padStart(6)}  ${"━".repeat(Math.round(30 * p))}`,
  );
  return [`class ${best}`, "", ...rows.map((row) => row.trimEnd())].join("\n");
}
