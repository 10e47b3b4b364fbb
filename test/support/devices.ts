/** The devices that the suites run on, by the names their tests carry. In Node: a missing adapter is skipped. */
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import type { H } from "./case.ts";
import type { DeviceName } from "./suite.ts";

export interface TestDevice {
  readonly name: DeviceName;
  /** Undefined for the reference, which is no device of the runtime. */
  readonly start?: (h: H) => Promise<unknown>;
  readonly missing?: boolean;
}

/** The wasm device with kernels of the test's choice, on all threads also where there is little to do. */
export function startWasm(h: H, threads: number, kernels: KernelChoices = {}): Promise<unknown> {
  h.configure({ kernels: { threads: "all", ...kernels } } as Parameters<H["configure"]>[0]);
  return h.setDevice("wasm", { threads });
}

export const DEVICES: readonly TestDevice[] = [
  { name: "reference" },
  { name: "wasm1", start: (h) => h.setDevice("wasm", { threads: 1 }) },
  { name: "wasm2", start: (h) => startWasm(h, 2) },
  { name: "webgpu", start: (h) => h.setDevice("webgpu"), missing: !process.env.HEDDLE_ADAPTER },
];
