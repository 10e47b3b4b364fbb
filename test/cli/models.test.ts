// heddle train on every kind of data and target: pictures of one's own, tables, autoencoders, and its other options.
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, describe, expect, it } from "vitest";
import type { LoadedData } from "../../src/cli/datasets.ts";
import { checkFits, MODELS, taskOf } from "../../src/cli/tasks.ts";
import { dataset } from "../../src/data/dataset.ts";
import { heddle, lastJson, main, type Outcome, scratch } from "./heddle.ts";

const DATA = process.env.HEDDLE_DATA ?? "../shared/data";
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

function expectDone({ code, stderr }: Outcome): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

const metrics = (report: Record<string, unknown>): string[] =>
  Object.keys(report).filter((k) => /^test/.test(k));

describe("models and data", () => {
  const samples = (inputShape: number[], classes: number | undefined): LoadedData => {
    const size = inputShape.reduce((a, b) => a * b);
    const train = dataset([{ data: new Float32Array(2 * size), shape: [2, ...inputShape] }, [[1], [3]]]);
    return { train, test: train, inputShape, classes, classNames: [] };
  };
  /** Those for pictures larger than the datasets have. */
  const large = ["alexnet", "alexnet-two-towers"];
  const shapes: Record<string, [number[], number | undefined]> = {
    digits: [[28, 28, 1], 10],
    cifar10: [[32, 32, 3], 10],
    images: [[96, 96, 3], 2],
    csv: [[5], 3],
  };
  const choice = { size: 96, regression: false, missing: "error" } as const;

  it("meet: every model has data that it trains on", async () => {
    const reached = new Set<string>();
    for (const [name, [inputShape, classes]] of Object.entries(shapes)) {
      for (const model of MODELS) {
        if ((large.includes(model) && name !== "images") || (model === "vgg-16" && name === "digits"))
          continue;
        const regression = model === "linear-regression";
        try {
          checkFits(model, { ...choice, name: name as "csv", regression });
        } catch {
          continue;
        }
        const { network } = await taskOf(model, samples(inputShape, regression ? undefined : classes));
        const output = regression ? [1] : /autoencoder/.test(model) ? inputShape : [classes];
        expect(network.outputShape(), `${model} on ${name}`).toEqual(output);
        reached.add(model);
      }
    }
    expect([...reached].sort()).toEqual([...MODELS].sort());
  });
});

describe("tables", () => {
  const table = join(folder, "plane.csv");
  const rows = Array.from({ length: 60 }, (_, i) => [i % 7, i % 11, i % 3]);

  it("predict numbers of a named column, in linear regression and by a network", async () => {
    const text = rows.map(([a, b]) => `${a},${200 + 3 * a - b},${b}`).join("\n");
    await writeFile(table, `a,y,b\n${text}\n`);
    const args = ["train", "--dataset", "csv", "--data", table, "--target", "y", "--json"];
    const linear = await heddle([...args, "--model", "linear-regression"]);
    expectDone(linear);
    const report = lastJson(linear);
    expect(report).toMatchObject({ model: "linear-regression", parameters: 3, epochs: 100, steps: 300 });
    expect(metrics(report)).toEqual(["testLoss", "testMae", "testR2"]);
    expect(report.testR2).toBeGreaterThan(0.99);
    const network = lastJson(await heddle([...args, "--model", "mlp", "--regression"]));
    expect(network.testR2).toBeGreaterThan(0.9);
  });

  it("tell classes apart that have names, whatever the separator", async () => {
    const names = ["low", "middle", "high"];
    const text = rows.map(([a, , c]) => `${10 * c + (a % 2)};${a};${names[c]}`).join("\r\n");
    const file = join(folder, "levels.csv");
    await writeFile(file, `x;noise;level\r\n${text}`);
    const args = ["train", "--dataset", "csv", "--data", file, "--model", "logistic-regression"];
    const outcome = await heddle([...args, "--save", join(folder, "levels.safetensors")]);
    expectDone(outcome);
    const heading =
      "logistic-regression on levels: 48 training and 12 test samples, classes high, low, middle\n";
    expect(outcome.stdout).toContain(heading);
    expect(outcome.stdout).toMatch(/^test accuracy 100\.0% after /m);
    expect(outcome.stdout).not.toContain("heddle predict");
  });

  it("may have holes", async () => {
    const file = join(folder, "holes.csv");
    await writeFile(file, `${rows.map(([a, , c], i) => `${i === 3 ? "" : a + 9 * c},${c}`).join("\n")}\n`);
    const args = ["train", "--dataset", "csv", "--data", file, "--epochs", "1", "--json"];
    expect((await heddle(args)).stderr).toBe(
      `heddle: [csv] ${file}, line 4, column 0: the value is missing; see option "missing"\n`,
    );
    expectDone(await heddle([...args, "--missing", "mean"]));
    expectDone(await heddle([...args, "--missing", "drop"]));
  });

  it("need a target of several classes, and an existing one", async () => {
    const file = join(folder, "one.csv");
    await writeFile(file, "a,b\n1,x\n2,x\n");
    const train = (...args: string[]) => heddle(["train", "--dataset", "csv", "--data", file, ...args]);
    expect((await train()).stderr).toBe(`heddle: [train] the target of ${file} has one class: x\n`);
    expect((await train("--target", "c")).stderr).toBe(
      'heddle: [csv] no column is named "c": the header has a, b\n',
    );
    expect((await train("--target", "7")).stderr).toMatch(/must be an integer in \[-2, 1\]: got 7/);
    expect((await train("--target", "a", "--regression", "--augment", "flip")).stderr).toBe(
      "heddle: [train] --augment is for pictures, not for a csv\n",
    );
  });

  const iris = join(DATA, "tabular/iris.csv");
  it.skipIf(!existsSync(iris))("begin as scikit-learn's do: rows, features, names of classes", async () => {
    const args = ["train", "--dataset", "csv", "--data", iris, "--save", join(folder, "iris.safetensors")];
    const { stdout } = await heddle(args);
    expect(stdout).toContain(
      "mlp on iris: 120 training and 30 test samples, classes setosa, versicolor, virginica\n",
    );
    expect(Number(/^test accuracy (\d+\.\d)%/m.exec(stdout)?.[1])).toBeGreaterThan(90);
  });
});

describe("pictures", () => {
  it("come from folders, one per class", async () => {
    for (const [name, color] of Object.entries({ red: [255, 0, 0, 255], blue: [0, 0, 255, 255] })) {
      await mkdir(join(folder, "colors", name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const png = new PNG({ width: 20, height: 16 });
        png.data = Buffer.from(Array.from({ length: 20 * 16 * 4 }, (_, k) => color[k % 4]));
        await writeFile(join(folder, "colors", name, `${i}.png`), PNG.sync.write(png));
      }
    }
    const data = ["--dataset", "images", "--data", join(folder, "colors"), "--size", "12"];
    const args = ["train", ...data, "--model", "logistic-regression", "--epochs", "5", "--json"];
    const outcome = await heddle(args);
    expectDone(outcome);
    expect(lastJson(outcome)).toMatchObject({ parameters: 12 * 12 * 3 * 2 + 2, testAccuracy: 1 });
  });

  it.each(["dense-autoencoder", "conv-autoencoder"])("are what the %s learns to repeat", async (model) => {
    const small = ["--limit", "400", "--epochs", "3", "--batch-size", "20", "--learning-rate", "0.003"];
    const args = ["train", "--model", model, ...small, "--json"];
    const outcome = await heddle(args);
    expectDone(outcome);
    const report = lastJson(outcome);
    expect(metrics(report)).toEqual(["testLoss", "testMse"]);
    // The mean picture has 0.065.
    expect(report.testMse).toBeLessThan(0.06);
    expect(report.testLoss).toBeLessThan(0.4);
  });
});

describe("options of the training", { timeout: 60_000 }, () => {
  const small = ["train", "--model", "logistic-regression", "--limit", "200", "--batch-size", "50", "--json"];

  it("take every optimizer, schedule and augmentation", async () => {
    const run = async (...args: string[]) => lastJson(await heddle([...small, "--epochs", "2", ...args]));
    const plain = await run();
    const losses = new Set([plain.testLoss]);
    for (const options of [
      ["--optimizer", "nesterov"],
      ["--schedule", "one-cycle"],
      ["--weight-decay", "0.1"],
      ["--augment", "shift=0.2,rotate,cutout=4"],
      ["--learning-rate", "0.01"],
    ]) {
      const report = await run(...options);
      expect(report.testLoss, options.join(" ")).toBeGreaterThan(0);
      losses.add(report.testLoss);
    }
    expect(losses.size).toBe(6);
    expect(
      (await run("--optimizer", "adam", "--schedule", "constant", "--learning-rate", "1e-3")).history,
    ).toEqual(plain.history);
  });

  it("validate on a part of the training set", async () => {
    const report = lastJson(await heddle([...small, "--validation-split", "0.25"]));
    expect(report.steps).toBe(9);
    const history = report.history as Record<string, number[]>;
    expect(report.testLoss).not.toBe(history.valLoss[2]);
  });

  it("write a log, as CSV or JSON lines", async () => {
    const [csv, json] = [join(folder, "log.csv"), join(folder, "log.jsonl")];
    const report = lastJson(await heddle([...small, "--log", csv]));
    const lines = (await readFile(csv, "utf8")).trimEnd().split("\n");
    expect(lines[0]).toBe("epoch,loss,accuracy,valLoss,valAccuracy");
    expect(lines.length).toBe(4);
    expect(Number(lines[3].split(",")[4])).toBe(report.testAccuracy);
    await heddle([...small, "--log", json]);
    expect(JSON.parse((await readFile(json, "utf8")).split("\n")[2])).toMatchObject({ epoch: 2 });
    const bad = await heddle([...small, "--log", folder]);
    expect(bad.stderr).toBe(`heddle: [save] ${folder} is a folder: name a file\n`);
  });

  it("work in threads, to the same result", async () => {
    const args = [...small, "--augment", "rotate,shift"];
    const [plain, threads] = [await heddle(args), await heddle([...args, "--workers", "2"])];
    expectDone(threads);
    expect(lastJson(threads).history).toEqual(lastJson(plain).history);
  });

  it.skipIf(process.platform === "win32")(
    "go on exactly where Ctrl+C stopped",
    { timeout: 120_000 },
    async () => {
      const file = join(folder, "checkpoint.safetensors");
      const log = join(folder, "resumed.csv");
      const args = ["train", "--model", "mlp", "--limit", "600", "--epochs", "8", "--batch-size", "10"];
      const files = ["--checkpoint", file, "--log", log, "--save", join(folder, "resumed.safetensors")];
      const child = spawn(process.execPath, [main, ...args, ...files]);
      let stderr = "";
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      child.stdout.on("data", (text) => {
        if (String(text).includes("epoch 3/8")) child.kill("SIGINT");
      });
      const code = await new Promise((resolve) => child.on("exit", resolve));
      const advice = `\nheddle: interrupted, go on with --checkpoint ${file} --resume\n`;
      expect({ code, stderr }).toEqual({ code: 130, stderr: advice });

      const resumed = await heddle([...args, ...files, "--resume", "--json"]);
      expectDone(resumed);
      expect(lastJson(resumed).history).toEqual(lastJson(await heddle([...args, "--json"])).history);
      const epochs = (await readFile(log, "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => line.split(",")[0]);
      expect(epochs).toEqual(["epoch", ...Array.from({ length: 8 }, (_, i) => String(i))]);
    },
  );
});
