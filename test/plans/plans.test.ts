/**
 * Optimisations that change no value are lost unseen: how many kernels a network takes, what they move and compute, what
 * they hold in memory. Each network's numbers stand in `snapshots/`; `npx vitest run test/plans -u` writes them anew.
 */
import { afterEach, expect, test, vi } from "vitest";
import type { Compilation, Plan } from "../../src/compile/plan.ts";
import type { Node } from "../../src/graph/node.ts";
import { topological } from "../../src/graph/walk.ts";
import { setDevice, shutdown } from "../../src/index.ts";
import { type Compiled, type Counts, gpuCounts, planCounts, wasmCounts } from "./counts.ts";
import { type Calls, idleEngine, idleGpu, isCreation, nullAdapter, type StorageBuffers } from "./devices.ts";
import { type Network, networks } from "./networks.ts";
import { table } from "./table.ts";

const state = vi.hoisted(() => {
  // Buffers that the collector frees are used again, by whichever call comes next: here it frees none.
  vi.stubGlobal(
    "FinalizationRegistry",
    class {
      register() {}
      unregister() {}
    },
  );
  return {
    compiled: [] as Compiled[],
    nodes: [] as number[],
    calls: {} as Calls,
    storageBuffers: 8 as StorageBuffers,
  };
});

vi.mock("../../src/compile/fuse.ts", async (original) => {
  const { fuse } = await original<typeof import("../../src/compile/fuse.ts")>();
  return {
    fuse(...args: Parameters<typeof fuse>) {
      const fusion = fuse(...args);
      state.nodes.push(fusion.order.length);
      return fusion;
    },
  };
});

vi.mock("../../src/compile/compile.ts", async (original) => {
  const { compile, ...others } = await original<typeof import("../../src/compile/compile.ts")>();
  return {
    ...others,
    compile(...args: Parameters<typeof compile>): Compilation {
      const [outputs, assignments, { isLeaf }] = args;
      state.nodes.length = 0;
      const compilation = compile(...args);
      const { plan, constantsPlan } = compilation;
      const roots: Node[] = [...outputs, ...assignments.map(({ value }) => value)];
      const recorded = topological(roots, isLeaf).filter((node) => !isLeaf(node));
      state.compiled.push({ recorded, nodes: [...state.nodes], plan, constantsPlan: constantsPlan?.plan });
      return compilation;
    },
  };
});

vi.mock("../../src/backends/wasm/index.ts", async (original) => {
  const { WasmBackend } = await original<typeof import("../../src/backends/wasm/index.ts")>();
  const { loadFull } = await import("../../src/backends/wasm/lower/segment.ts");
  const { verifySegment } = await import("../../src/kernel/verify/segment.ts");
  return {
    async createWasmBackend() {
      await loadFull();
      return new WasmBackend(idleEngine(), 2 ** 32, undefined, verifySegment);
    },
  };
});

vi.mock("../../src/backends/webgpu/index.ts", async (original) => {
  const { createWebGpuBackend } = await original<typeof import("../../src/backends/webgpu/index.ts")>();
  return {
    createWebGpuBackend: async () =>
      state.storageBuffers === 8
        ? createWebGpuBackend({ adapter: await nullAdapter(state.calls) })
        : idleGpu(state.storageBuffers),
  };
});

afterEach(() => shutdown());

/** Compiles the network's step on the current device; `counts` looks at its plan. */
async function measure({ prepare }: Network, counts: (plan: Plan) => Counts): Promise<Counts> {
  const { run } = await prepare();
  state.compiled.length = 0;
  const first = await callsOf(run);
  const step = largest(state.compiled);
  // The second call's results lie in buffers of their own, which its bind groups name.
  await run();
  const later = await callsOf(run);
  expect(Object.keys(later).filter(isCreation), "created by a later call").toEqual([]);
  return new Map([
    ...planCounts(step),
    ...counts(step.plan),
    ...rows("first call: ", first),
    ...rows("later calls: ", later),
  ]);
}

/** The step's plan: smaller ones beside it compute initial values. */
const largest = (all: readonly Compiled[]): Compiled =>
  all.reduce((a, b) => (b.plan.segment.kernels.length > a.plan.segment.kernels.length ? b : a));

async function callsOf(run: () => Promise<void>): Promise<Calls> {
  for (const row in state.calls) delete state.calls[row];
  await run();
  return { ...state.calls };
}

const rows = (prefix: string, calls: Calls): [string, number][] =>
  Object.entries(calls)
    .sort()
    .map(([name, count]) => [prefix + name, count]);

/** Three devices compile the network: seconds, more on a busy machine. */
const TIMEOUT = 120_000;

test.each(networks)(
  "$name",
  async (network) => {
    const columns = new Map<string, Counts>();
    await setDevice("wasm");
    columns.set("wasm", await measure(network, wasmCounts));
    for (const storageBuffers of [8, 10] as const) {
      await shutdown();
      state.storageBuffers = storageBuffers;
      await setDevice("webgpu");
      columns.set(
        `webgpu, ${storageBuffers} bindings`,
        await measure(network, (plan) => gpuCounts(plan, storageBuffers)),
      );
    }
    await expect(table(network.title, columns)).toMatchFileSnapshot(`snapshots/${network.name}.txt`);
  },
  TIMEOUT,
);
