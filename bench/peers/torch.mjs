// PyTorch as a yardstick, not a goal: native code, one thread, in a Python process that pytorch.py runs. A run returns the
// milliseconds that Python measured.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { toChannelsFirst, toChannelsLast, toKernelFirst } from "../data.mjs";
import { channelsFirst, EPSILON } from "../networks/layers.mjs";

const pythons = ["python3", "/usr/bin/python3"];

/** A Python that has PyTorch, or undefined. */
export const findPython = () =>
  pythons.find((python) => spawnSync(python, ["-c", "import torch, numpy"]).status === 0);

/** Whether its matrix products come from a library that is made for speed; `version` as measured. */
export const hasFastBlas = ({ version = "" } = {}) => /openblas|mkl|blis/i.test(version);

export async function start({ threads = 1 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "heddle-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const script = fileURLToPath(new URL("pytorch.py", import.meta.url));
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
  const python = spawn(findPython(), [script, String(threads)], { env, stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const send = async (command) => {
    python.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error("pytorch.py ended");
    return JSON.parse(value);
  };

  let files = 0;
  const stored = (values, shape) => {
    const file = join(folder, `${files++}.raw`);
    writeFileSync(file, values);
    return { file, shape };
  };
  /** A job of the Python process, which keeps all of them: the number says which. */
  const started = async (command, unpack = (values) => values) => {
    const { job: number } = await send(command);
    const job = {
      milliseconds: 0,
      async run() {
        const { milliseconds, value } = await send({ command: "run", job: number });
        job.milliseconds = milliseconds;
        return value;
      },
      async result() {
        const file = join(folder, "result.raw");
        await send({ command: "result", job: number, file });
        const bytes = readFileSync(file);
        return unpack(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
      },
    };
    return job;
  };

  const images = (x, [n, h, w, c]) => stored(toChannelsFirst(x, [n, h, w, c]), [n, c, h, w]);
  const inputs = (x, batch, input) =>
    input.length === 3 ? images(x, [batch, ...input]) : stored(x, [batch, ...input]);
  /** Layers with their arrays in files. */
  const described = (layers) =>
    layers.map(({ kernel, kernelShape, bias, ...layer }) => {
      const made = { ...layer, epsilon: EPSILON };
      if (kernel) made.kernel = stored(kernel, kernelShape);
      if (bias) made.bias = stored(bias, [bias.length]);
      for (const name of ["scale", "offset", "mean", "variance"])
        if (layer[name]) made[name] = stored(layer[name], [layer[name].length]);
      for (const name of ["body", "shortcut"]) if (layer[name]) made[name] = described(layer[name]);
      return made;
    });
  const training = ({ input, layers, x, y, optimizer }) => ({
    x: inputs(x, y.length, input),
    y: stored(y, [y.length]),
    layers: described(channelsFirst(layers)),
    optimizer,
  });

  return {
    stop: () => python.stdin.end(),
    version: (await send({ command: "version" })).version,
    async matmul({ a, b, n }) {
      return started({ command: "matmul", a: stored(a, [n, n]), b: stored(b, [n, n]) });
    },
    async conv({ x, kernel, shape, kernelShape, groups }) {
      const [k, , inner, o] = kernelShape;
      const command = {
        command: "conv",
        x: images(x, shape),
        kernel: stored(toKernelFirst(kernel, kernelShape), [o, inner, k, k]),
        groups,
      };
      return started(command, (values) => toChannelsLast(values, [...shape.slice(0, 3), o]));
    },
    async gelu({ x, w, b, shape }) {
      const columns = [shape[1]];
      return started({ command: "gelu", x: stored(x, shape), w: stored(w, columns), b: stored(b, columns) });
    },
    train: (job) => started({ command: "train", ...training(job) }),
    epoch: ({ batch, ...job }) => started({ command: "epoch", batch, ...training(job) }),
    async infer({ input, layers, x }) {
      return started({ command: "infer", x: inputs(x, 1, input), layers: described(channelsFirst(layers)) });
    },
    /** Python calls it `calls` times by itself. */
    async respond({ input, layers, x, calls }) {
      return started({ command: "respond", x: stored(x, [1, ...input]), layers: described(layers), calls });
    },
  };
}
