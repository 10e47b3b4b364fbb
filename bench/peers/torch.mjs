// PyTorch as a yardstick, not a goal: native code, one thread, in a Python process that pytorch.py runs. A run returns the
// milliseconds that Python measured.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { toChannelsFirst, toChannelsLast, toKernelFirst } from "../data.mjs";
import { adam, channelsFirst } from "../networks.mjs";

const pythons = ["python3", "/usr/bin/python3"];

/** A Python that has PyTorch, or undefined. */
export const findPython = () =>
  pythons.find((python) => spawnSync(python, ["-c", "import torch, numpy"]).status === 0);

export async function start() {
  const folder = mkdtempSync(join(tmpdir(), "heddle-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const script = fileURLToPath(new URL("pytorch.py", import.meta.url));
  const python = spawn(findPython(), [script], { stdio: ["pipe", "pipe", "inherit"] });
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

  return {
    version: (await send({ command: "version" })).version,
    async matmul({ a, b, n }) {
      return started({ command: "matmul", a: stored(a, [n, n]), b: stored(b, [n, n]) });
    },
    async conv({ x, kernel, shape: [h, w, c, o] }) {
      const command = {
        command: "conv",
        x: stored(toChannelsFirst(x, [1, h, w, c]), [1, c, h, w]),
        kernel: stored(toKernelFirst(kernel, [3, 3, c, o]), [o, c, 3, 3]),
      };
      return started(command, (values) => toChannelsLast(values, [1, h, w, o]));
    },
    async train({ input, layers, x, y }) {
      const [h, w, c] = input;
      const batch = y.length;
      const images = input.length === 3;
      return started({
        command: "train",
        x: images
          ? stored(toChannelsFirst(x, [batch, h, w, c]), [batch, c, h, w])
          : stored(x, [batch, ...input]),
        y: stored(y, [batch]),
        layers: channelsFirst(layers).map(({ kernel, kernelShape, bias, ...layer }) =>
          kernel ? { ...layer, kernel: stored(kernel, kernelShape) } : layer,
        ),
        adam,
      });
    },
  };
}
