/** `heddle inspect`: the layers of a saved model, or of a known network. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { type Architecture, architectures, inspectArchitecture } from "../models/architectures.ts";
import { countOf } from "../nn/variable.ts";
import { loadModel } from "../train/load.ts";
import type { Command } from "./command.ts";
import { grouped, short, table } from "./text.ts";

/** Of a file, the name is its path. */
type Inspected = Omit<Architecture, "name"> & { readonly name: string };

export const inspectCommand: Command = {
  name: "inspect",
  summary: "shows the layers of a saved model or of a known network",
  usage: "FILE | --architecture NAME [--json]",
  options: {
    architecture: { value: "NAME", help: `one of ${Object.keys(architectures).join(", ")}` },
    json: { help: "print one JSON object: {name, parameters, trainable, flops, neurons, layers}" },
  },
  positionals: 1,
  examples: ["heddle inspect cnn-digits.safetensors", "heddle inspect --architecture wide-mlp --json"],
  async run(given) {
    const name = given.text("architecture");
    const [file] = given.positionals;
    if ((name === undefined) === (file === undefined)) {
      fail("inspect", "expects a saved model or --architecture NAME (heddle inspect --help)");
    }
    const found = name === undefined ? await inspectFile(file) : inspectArchitecture(name);
    console.log(given.has("json") ? JSON.stringify(found) : asText(found));
  },
};

async function inspectFile(file: string): Promise<Inspected> {
  const { net } = await loadModel(file);
  const layers = net.inspect();
  return {
    name: file,
    parameters: countOf(net.parameters()),
    trainable: countOf(net.trainableParameters()),
    flops: layers.reduce((sum, { flops }) => sum + flops, 0),
    neurons: layers.reduce((sum, { neurons }) => sum + neurons, 0),
    layers,
  };
}

function asText({ name, parameters, trainable, flops, layers }: Inspected): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.type,
    showShape(layer.outputShape),
    grouped(layer.parameters),
    short(layer.flops),
  ]);
  const header = ["layer", "type", "output shape", "parameters", "flops"];
  return [
    `${name}: ${grouped(parameters)} parameters (${grouped(trainable)} trainable), ${short(flops)}flop a sample`,
    "",
    table(header, rows, 3),
  ].join("\n");
}
