/** The devices that the suites run on, by the names their tests carry. In Node: a missing adapter is skipped. */
import type { H } from "./case.ts";
import type { DeviceName } from "./suite.ts";

export interface TestDevice {
  readonly name: DeviceName;
  /** Undefined for the reference, which is no device of the runtime. */
  readonly start?: (h: H) => Promise<unknown>;
  readonly missing?: boolean;
}

/** Both lanes also where there is little to do, as in most tests. */
function startTwoLanes(h: H): Promise<unknown> {
  h.configure({ kernels: { lanes: "all" } } as Parameters<H["configure"]>[0]);
  return h.setDevice("wasm", { threads: 2 });
}

export const DEVICES: readonly TestDevice[] = [
  { name: "reference" },
  { name: "wasm1", start: (h) => h.setDevice("wasm", { threads: 1 }) },
  { name: "wasm2", start: startTwoLanes },
  { name: "webgpu", start: (h) => h.setDevice("webgpu"), missing: !process.env.HEDDLE_ADAPTER },
];
