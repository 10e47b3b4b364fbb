// Arguments: help, version, and every mistake as one line on stderr with exit code 1.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heddle } from "./heddle.ts";

const root = join(import.meta.dirname, "../..");
const commands = ["train", "predict", "bench", "doctor", "inspect"];

/** Expects one line `heddle: [where] rule` and nothing else. */
async function expectFailure(args: readonly string[], line: RegExp): Promise<void> {
  const { code, stdout, stderr } = await heddle(args, { HEDDLE_DATA: "" });
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
    const [rows] = stdout.split("\nExamples:");
    for (const line of rows.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
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
      /--dataset must be one of digits, mnist, cifar10, images, csv: got cifar/,
    ],
    [
      "an unknown optimizer",
      ["train", "--optimizer", "lion"],
      /--optimizer must be one of sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam, amsgrad, adamw: got lion/,
    ],
    [
      "an unknown schedule",
      ["train", "--schedule", "cos"],
      /--schedule must be one of constant, linear, cosine, step, exponential, one-cycle: got cos/,
    ],
    [
      "a negative decay",
      ["train", "--weight-decay", "-1"],
      /--weight-decay must be a number of at least 0: got -1/,
    ],
    [
      "a fraction above 1",
      ["train", "--validation-split", "20"],
      /--validation-split must be a number between 0 and 1: got 20/,
    ],
    [
      "an unknown augmentation",
      ["train", "--limit", "9", "--augment", "flip,spin"],
      /--augment must name stages of flip, crop, .*cutout: got spin/,
    ],
    [
      "an amount that is no number",
      ["train", "--limit", "9", "--augment", "rotate=a"],
      /--augment rotate takes a number: got rotate=a/,
    ],
    [
      "an amount where there is none",
      ["train", "--limit", "9", "--augment", "flip=2"],
      /--augment flip takes no amount: got flip=2/,
    ],
    ["resuming from nowhere", ["train", "--resume"], /--resume needs the file: --checkpoint FILE/],
    [
      "CIFAR-10 without a folder",
      ["train", "--dataset", "cifar10"],
      /--dataset cifar10 needs its folder: --data FOLDER, or one in \$HEDDLE_DATA/,
    ],
    ["a table without a file", ["train", "--dataset", "csv"], /--dataset csv needs a file: --data FILE\.csv/],
    [
      "pictures without a folder",
      ["train", "--dataset", "images"],
      /--dataset images needs a folder: --data FOLDER/,
    ],
    [
      "pictures for a table's network",
      ["train", "--model", "linear-regression"],
      /linear-regression predicts a number of a table: use --dataset csv --data FILE\.csv/,
    ],
    [
      "a table for a network of pictures",
      ["train", "--dataset", "csv", "--model", "cnn"],
      /cnn takes pictures, a table has rows of numbers: it fits mlp, wide-mlp, logistic-regression, linear-regression/,
    ],
    [
      "numbers for a network of classes",
      ["train", "--dataset", "csv", "--model", "logistic-regression", "--regression"],
      /logistic-regression tells classes apart: leave out --regression, or train linear-regression/,
    ],
    [
      "colours for an autoencoder",
      ["train", "--dataset", "cifar10", "--model", "conv-autoencoder"],
      /conv-autoencoder takes pictures of 28 × 28 × 1: use --dataset digits or mnist/,
    ],
    [
      "a target of pictures",
      ["train", "--target", "species"],
      /--target is for --dataset csv: digits has classes of its own/,
    ],
    [
      "pictures that are too small for a network",
      ["train", "--limit", "9", "--model", "alexnet"],
      /\[maxPool2d\] output height would be \(2 − 3 \+ 0\) \/ 2 \+ 1 < 1/,
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
