/** `heddle inspect`: the layers of a saved model, or of a known network. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { architectures, inspectArchitecture } from "../models/architectures.ts";
import type { LayerRow } from "../nn/rows.ts";
import { countOf } from "../nn/variable.ts";
import { loadModel } from "../train/load.ts";
import type { Command } from "./command.ts";
import { grouped, short, table } from "./text.ts";

interface Inspected {
  readonly name: string;
  readonly parameters: number;
  readonly trainable: number;
  /** For one sample: 2 × multiply-adds. */
  readonly flops: number;
  readonly layers: readonly LayerRow[];
}

export const inspectCommand: Command = {
  name: "inspect",
  summary: "shows the layers of a saved model or of a known network",
  usage: "FILE | --architecture NAME [--json]",
  options: {
    architecture: { value: "NAME", help: `one of ${Object.keys(architectures).join(", ")}` },
    json: { help: "print one JSON object: {name, parameters, trainable, flops, layers}" },
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
