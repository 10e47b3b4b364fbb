/** `heddle bench`: how fast this machine's devices are, with the shapes and names of the benchmarks against peers. */
import { cpus, totalmem } from "node:os";
import type { DeviceInfo } from "../backends/types.ts";
import { fail } from "../base/errors.ts";
import { configure, setDevice } from "../runtime/devices.ts";
import type { Command } from "./command.ts";
import { measure } from "./measure.ts";
import { table } from "./text.ts";
import { startTurbo, turboOption } from "./turbo.ts";
import { versions } from "./version.ts";
import { offerSoftwareGpu } from "./vulkan.ts";
import { type Workload, workloads } from "./workloads.ts";

interface Row {
  readonly workload: string;
  readonly device: string;
  readonly threads: number;
  /** The wasm binary (`relaxed`, `plain`, with `turbo` after it), or what kind of GPU (`hardware`, `software`). */
  readonly variant: string;
  /** Median of one run. */
  readonly ms: number;
  readonly gflops: number;
}

/** A GPU emulated on the CPU takes minutes for more; measured only when asked for by name. */
const SOFTWARE_FLOPS = 5e8;

const names = workloads.map(({ name }) => name);

export const benchCommand: Command = {
  name: "bench",
  summary: "measures products, convolutions, training steps and networks on every device at hand",
  usage: "[--suite cpu] [--workload NAME] [--turbo] [--json]",
  options: {
    suite: {
      value: "cpu",
      help: "every workload on wasm, with plain and with relaxed SIMD; default: the common ones",
    },
    workload: { value: "NAME", help: `only one of ${names.join(", ")}` },
    turbo: turboOption,
    json: { help: "print one JSON object: {machine, versions, rows}" },
  },
  examples: ["heddle bench", "heddle bench --workload matmul-512", "heddle bench --suite cpu --json"],
  async run(given) {
    const name = given.text("workload");
    const suite = given.text("suite");
    if (suite !== undefined && suite !== "cpu") fail("bench", `--suite must be cpu: got ${suite}`);
    const chosen = workloads.filter((workload) =>
      name === undefined ? suite !== undefined || workload.isCommon : workload.name === name,
    );
    if (chosen.length === 0) fail("bench", `--workload must be one of ${names.join(", ")}: got ${name}`);
    const isJson = given.has("json");
    const machine = describeMachine();
    if (!isJson) console.log(`${machine.processor}, ${machine.processors} processors, ${machine.platform}\n`);
    const isTurbo = startTurbo(given);
    const rows: Row[] = [];
    for (const start of await (suite === undefined ? devicesAtHand() : cpuVariants())) {
      for (const workload of chosen) {
        const info = await start();
        if (name === undefined && info.isSoftware && workload.flops > SOFTWARE_FLOPS) continue;
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${workload.name} on ${info.adapter} …`);
        rows.push(await measured(workload, info, isTurbo));
      }
    }
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    console.log(isJson ? JSON.stringify({ machine, versions: versions(), rows }) : asTable(rows));
  },
};

async function measured(
  { name, flops, prepare }: Workload,
  info: DeviceInfo,
  isTurbo: boolean,
): Promise<Row> {
  const prepared = await prepare();
  const ms = await measure(prepared.run);
  prepared.dispose();
  return {
    workload: name,
    device: info.kind,
    threads: info.threads,
    variant: variantOf(info, isTurbo),
    ms,
    gflops: flops / ms / 1e6,
  };
}

function variantOf({ kind, features, isSoftware }: DeviceInfo, isTurbo: boolean): string {
  if (kind === "webgpu") return isSoftware ? "software" : "hardware";
  const binary = features.includes("relaxed-simd") ? "relaxed" : "plain";
  return isTurbo ? `${binary} turbo` : binary;
}

type Start = () => Promise<DeviceInfo>;

/** One thread, and as many as there are by default. */
async function threadCounts(): Promise<number[]> {
  const { threads } = await setDevice("wasm");
  return threads > 1 ? [1, threads] : [1];
}

/** Wasm on one thread and on all, with plain SIMD and, where the engine has it, with relaxed SIMD. */
async function cpuVariants(): Promise<Start[]> {
  const threads = await threadCounts();
  const { features } = await setDevice("wasm", { threads: 1 });
  const variants = features.includes("relaxed-simd") ? [false, true] : [false];
  return variants.flatMap((relaxed) =>
    threads.map((count) => () => {
      configure({ relaxed });
      return setDevice("wasm", { threads: count });
    }),
  );
}

/** Wasm on one thread and on all, and the GPU if there is one. */
async function devicesAtHand(): Promise<Start[]> {
  offerSoftwareGpu();
  const threads = await threadCounts();
  const gpu = await setDevice("webgpu").then(
    () => [() => setDevice("webgpu")],
    () => [],
  );
  return [...threads.map((count) => () => setDevice("wasm", { threads: count })), ...gpu];
}

function describeMachine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    processors: processors.length,
    memory: totalmem(),
    platform: `${process.platform} ${process.arch}`,
  };
}

function asTable(rows: readonly Row[]): string {
  const header = ["workload", "device", "threads", "variant", "ms", "GFLOP/s"];
  const cells = rows.map(({ workload, device, threads, variant, ms, gflops }) => [
    workload,
    device,
    device === "wasm" ? String(threads) : "",
    variant,
    ms.toFixed(ms < 10 ? 3 : 1),
    gflops.toFixed(1),
  ]);
  return table(header, cells, 4);
}
