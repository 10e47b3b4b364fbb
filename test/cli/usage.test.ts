// Arguments: help, version, and every mistake as one line on stderr with exit code 1.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heddle } from "./heddle.ts";

const root = join(import.meta.dirname, "../..");
const commands = ["train", "predict", "bench", "doctor", "inspect"];

/** Expects one line `heddle: [where] rule` and nothing else. */
async function expectFailure(args: readonly string[], line: RegExp): Promise<void> {
  const { code, stdout, stderr } = await heddle(args);
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^heddle: \[[^\]]+\] [^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
}

describe("heddle", () => {
  it("shows its commands", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const { code, stdout } = await heddle(args);
      expect(code).toBe(0);
      for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, "m"));
    }
  });

  it("shows its version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await heddle(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each(commands)("%s --help shows its options", async (name) => {
    const { code, stdout } = await heddle([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: heddle ${name} `, "m"));
    expect(stdout).toMatch(/^ {2}--help +show this text$/m);
  });
});

describe("mistakes in one line", () => {
  it.each<[string, string[], RegExp]>([
    ["an unknown command", ["trian"], /unknown command trian: the commands are train, predict/],
    ["an unknown option of the program", ["--verbose"], /unknown option --verbose/],
    ["an unknown option", ["train", "--epoch", "3"], /\[train\] unknown option --epoch: .*--epochs/],
    ["an argument too many", ["train", "cnn"], /unexpected argument cnn/],
    ["a missing value", ["train", "--epochs"], /--epochs needs a value/],
    ["an option as a value", ["train", "--save", "--json"], /--save needs a value/],
    ["a value for a switch", ["doctor", "--json=yes"], /--json takes no value/],
    [
      "an unknown model",
      ["train", "--model", "resnet"],
      /--model must be one of mlp, wide-mlp, cnn, .*resnet-20, .*: got resnet/,
    ],
    [
      "an unknown dataset",
      ["train", "--dataset", "cifar"],
      /--dataset must be one of digits, mnist, cifar10: got cifar/,
    ],
    [
      "an unknown device",
      ["train", "--device", "tpu"],
      /--device must be one of auto, wasm, webgpu: got tpu/,
    ],
    ["no number", ["train", "--epochs", "many"], /--epochs must be an integer of at least 1: got many/],
    [
      "a fraction",
      ["train", "--batch-size", "1.5"],
      /--batch-size must be an integer of at least 1: got 1.5/,
    ],
    [
      "a negative number",
      ["train", "--learning-rate", "-1"],
      /--learning-rate must be a number above 0: got -1/,
    ],
    ["too many threads", ["train", "--threads", "1000"], /threads must be an integer from 1 to 64: got 1000/],
    ["a seed that is no integer", ["train", "--seed", "x"], /--seed must be an integer of at least 0: got x/],
    [
      "an unknown workload",
      ["bench", "--workload", "fft"],
      /--workload must be one of .*matmul-256.*: got fft/,
    ],
    ["predict without a model", ["predict"], /\[predict\] --model is missing/],
    ["inspect without a file", ["inspect"], /\[inspect\] /],
  ])("%s", (_, args, line) => expectFailure(args, line));
});
