// heddle train, and what reads the file that it saves: predict and inspect.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digits } from "../../src/data/digits.ts";
import { heddle, lastJson, main, type Outcome, scratch } from "./heddle.ts";

const folder = scratch();
const model = join(folder, "mlp.safetensors");
const small = ["--model", "mlp", "--limit", "300", "--epochs", "2", "--batch-size", "50"];
let outcome: Outcome;

beforeAll(async () => {
  outcome = await heddle(["train", ...small, "--save", model]);
});

afterAll(() => rmSync(folder, { recursive: true }));

function expectLine({ code, stderr }: Outcome, line: RegExp): void {
  expect(stderr).toMatch(line);
  expect(stderr).toMatch(/^heddle: \[[^\]]+\] [^\n]+\n$/);
  expect(code).toBe(1);
}

describe("heddle train", () => {
  it("shows device, network, progress, accuracy and where the model is", () => {
    const { code, stdout, stderr } = outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("mlp on digits: 300 training and 300 test samples\n");
    expect(stdout).toMatch(/^device (wasm|webgpu): .+ \(.+\)$/m);
    expect(stdout).toContain("Parameters: 55,050");
    expect(stdout).toMatch(/^epoch 2\/2 loss \d.\d{4} accuracy .* samples\/s/m);
    expect(stdout).toMatch(/^test accuracy \d+\.\d% after /m);
    expect(stdout).toContain(`saved to ${model} (`);
    expect(stdout).toContain(`npx heddle predict --model ${model} --image`);
  });

  it("gives one JSON object", async () => {
    const json = await heddle(["train", ...small, "--json"]);
    expect(json.stdout.trimEnd().split("\n").length).toBe(1);
    const report = lastJson(json);
    const keys =
      "device adapter threads model parameters epochs steps trainSeconds samplesPerSecond trainLoss testLoss " +
      "testAccuracy history";
    expect(Object.keys(report)).toEqual(keys.split(" "));
    expect(report).toMatchObject({ model: "mlp", parameters: 55050, epochs: 2, steps: 12 });
    const history = report.history as Record<string, number[]>;
    expect(Object.keys(history)).toEqual(["loss", "accuracy", "valLoss", "valAccuracy", "stepLoss"]);
    expect(Object.values(history).map((list) => list.length)).toEqual([2, 2, 2, 2, 12]);
    expect(report.trainLoss).toBe(history.loss[1]);
    expect(report.testLoss).toBe(history.valLoss[1]);
    expect(report.testAccuracy).toBe(history.valAccuracy[1]);
  });

  it("repeats itself bit by bit, whatever the number of threads", async () => {
    const run = (...args: string[]) =>
      heddle(["train", ...small, "--device", "wasm", "--seed", "7", "--json", ...args]);
    const reports = (await Promise.all([run("--threads", "1"), run("--threads", "2")])).map(lastJson);
    expect(reports.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(reports[1].history).toEqual(reports[0].history);
    expect(lastJson(await run("--seed", "8")).history).not.toEqual(reports[0].history);
  });

  it("saves nothing with --json unless asked", async () => {
    const before = await readdir(process.cwd());
    await heddle(["train", ...small, "--epochs", "1", "--json"]);
    expect(await readdir(process.cwd())).toEqual(before);
  });

  it.skipIf(process.platform === "win32")("ends on Ctrl+C without saving", async () => {
    const file = join(folder, "never.safetensors");
    const child = spawn(process.execPath, [
      main,
      "train",
      "--limit",
      "2000",
      "--epochs",
      "50",
      "--save",
      file,
    ]);
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.on("data", (text) => {
      if (String(text).includes("epoch 1/50") || String(text).includes("Parameters")) child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect({ code, stderr }).toEqual({ code: 130, stderr: "\nheddle: interrupted, nothing was saved\n" });
    expect(existsSync(file)).toBe(false);
  });

  it("says what is wrong with a dataset", async () => {
    const mnist = (data: string) => heddle(["train", "--dataset", "mnist", "--data", data]);
    expectLine(await mnist(join(folder, "nowhere")), /\[mnist\] .*nowhere has no train-images/);
    const corrupt = join(folder, "corrupt");
    await mkdir(corrupt);
    for (const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"])
      await writeFile(join(corrupt, `${name}-ubyte`), "not a dataset");
    expectLine(await mnist(corrupt), /-ubyte/);
    expectLine(await heddle(["train", "--data", folder]), /--data is for the other datasets/);
  });

  it("refuses a place that cannot be written before it trains", async () => {
    expectLine(await heddle(["train", "--save", folder]), /\[save\] .* is a folder/);
    const inside = join(model, "in", "a-file.safetensors");
    expectLine(await heddle(["train", "--save", inside]), /\[save\] cannot write .*mlp.safetensors/);
  });
});

describe("heddle inspect", () => {
  it("shows the layers of a saved model", async () => {
    const { code, stdout } = await heddle(["inspect", model]);
    expect(code).toBe(0);
    expect(stdout).toContain("55,050 parameters (55,050 trainable)");
    expect(stdout).toMatch(/^layers\.1 +dense +\[64\] +50,240 +100 k$/m);
  });

  it.each([
    ["mlp", 55050, 2 * (784 * 64 + 64 * 64 + 64 * 10)],
    ["wide-mlp", 669706, 2 * (784 * 512 + 512 * 512 + 512 * 10)],
    ["cnn", 1199882, 2 * (26 * 26 * 9 * 32 + 24 * 24 * 9 * 32 * 64 + 9216 * 128 + 1280)],
  ])("knows %s", async (name, parameters, flops) => {
    const found = lastJson(await heddle(["inspect", "--architecture", name, "--json"]));
    expect(found).toMatchObject({ name, parameters, trainable: parameters, flops });
    expect((found.layers as { flops: number }[]).reduce((sum, layer) => sum + layer.flops, 0)).toBe(flops);
  });

  it("says what is wrong with a file", async () => {
    expectLine(await heddle(["inspect", join(folder, "nothing")]), /\[file\] cannot read .*no such file/);
    const cut = join(folder, "cut.safetensors");
    await writeFile(cut, readFileSync(model).subarray(0, 5000));
    expectLine(await heddle(["inspect", cut]), /\[safetensors\] truncated/);
    expectLine(await heddle(["inspect", "--architecture", "nothing"]), /\[\w+\] .*mlp.*nothing/);
  });
});

describe("heddle predict", () => {
  const image = join(folder, "digit.png");

  beforeAll(async () => {
    const [[{ data }]] = [...(await digits({ train: 0, test: 1 })).test];
    const png = new PNG({ width: 28, height: 28 });
    data.forEach((value, i) => {
      png.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i);
    });
    await writeFile(image, PNG.sync.write(png));
  });

  it("gives the class and probabilities", async () => {
    const args = ["predict", "--model", model, "--image", image];
    const found = lastJson(await heddle([...args, "--json"]));
    const probabilities = found.probabilities as number[];
    expect(probabilities.length).toBe(10);
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(probabilities[found.class as number]).toBe(Math.max(...probabilities));
    const { stdout, stderr } = await heddle(args);
    expect(stderr).toBe("");
    expect(stdout).toMatch(new RegExp(`^class ${found.class}\n`));
    expect(stdout.match(/^ {2}\d +\d+\.\d%/gm)?.length).toBe(10);
  });

  it("says what is wrong with a picture or a model", async () => {
    const predict = (file: string, picture: string) =>
      heddle(["predict", "--model", file, "--image", picture]);
    expectLine(await predict(model, join(folder, "no.png")), /\[file\] cannot read .*no\.png/);
    const text = join(folder, "text.png");
    await writeFile(text, "no picture");
    expectLine(await predict(model, text), /\[image\] a picture must be a PNG or JPEG/);
    await writeFile(text, readFileSync(image).subarray(0, 60));
    expectLine(await predict(model, text), /\[image\] corrupt PNG/);
    expectLine(await predict(image, image), /\[safetensors\]/);
    expectLine(await heddle(["predict", "--model", model]), /\[predict\] --image is missing/);
  });
});
