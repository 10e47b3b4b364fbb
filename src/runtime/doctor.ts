/** What this machine or browser offers, and what `setDevice("auto")` makes of it. Changes nothing. */
import { gpu } from "#platform";
import type { DeviceInfo, DeviceKind } from "../backends/types.ts";
import { automatic, openBackend } from "./devices.ts";

/** What {@link doctor} found. */
export interface DoctorReport {
  /** What runs the program: `Node 22.12.0 (linux x64)`, or the browser's name for itself. */
  readonly host: string;
  /** Logical processors. */
  readonly processors: number;
  /** SharedArrayBuffer is there; without it wasm computes on one thread. */
  readonly sharedMemory: boolean;
  /** Whether the page is cross-origin isolated, which shared memory needs in browsers; undefined in Node. */
  readonly crossOriginIsolated: boolean | undefined;
  /** WebAssembly on the processor. */
  readonly wasm: DeviceReport;
  /** The GPU. */
  readonly webgpu: DeviceReport;
  /** What `setDevice("auto")` chooses here and why. */
  readonly auto: { readonly device: DeviceKind; readonly reason: string };
}

/** What the doctor found of one device. */
export interface DeviceReport {
  /** Undefined when the device cannot start. */
  readonly info: DeviceInfo | undefined;
  /** Limits that the GPU adapter states; empty for wasm. */
  readonly adapterLimits: Readonly<Record<string, number>>;
  /** Why the device cannot start. */
  readonly problem: string | undefined;
  /** What would make it start, where that is known. */
  readonly remedy: string | undefined;
}

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Looks at the devices: adapters (software or hardware), limits, features, threads, and what `auto` would choose. */
export async function doctor(): Promise<DoctorReport> {
  const wasm = await examine("wasm");
  const webgpu = await examine("webgpu");
  const { kind, why } = automatic(webgpu.info ?? new Error(webgpu.problem));
  return {
    host: hostName(),
    processors:
      globalThis.navigator?.hardwareConcurrency ??
      globalThis.process?.getBuiltinModule?.("node:os").availableParallelism() ??
      1,
    sharedMemory: typeof SharedArrayBuffer !== "undefined",
    crossOriginIsolated: isNode() ? undefined : globalThis.crossOriginIsolated,
    wasm,
    webgpu,
    auto: { device: kind, reason: why },
  };
}

async function examine(kind: DeviceKind): Promise<DeviceReport> {
  try {
    const backend = await openBackend(kind);
    const adapterLimits = kind === "webgpu" ? await limitsOfAdapter() : {};
    backend.close();
    return { info: backend.info, adapterLimits, problem: undefined, remedy: undefined };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const remedy = kind === "webgpu" ? await gpuRemedy() : undefined;
    return { info: undefined, adapterLimits: {}, problem, remedy };
  }
}

async function limitsOfAdapter(): Promise<Record<string, number>> {
  const adapter = await (await gpu())?.requestAdapter({ powerPreference: "high-performance" });
  return adapter ? Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])) : {};
}

async function gpuRemedy(): Promise<string> {
  const api = await gpu();
  if (!isNode()) return api ? "turn on hardware acceleration" : "use a browser that has WebGPU";
  if (!api) return "npm install webgpu";
  return process.platform === "linux"
    ? "install the Vulkan loader (libvulkan1) and the driver of your graphics card"
    : "install the driver of your graphics card";
}

const isNode = (): boolean => typeof globalThis.process?.versions?.node === "string";

function hostName(): string {
  if (!isNode()) return globalThis.navigator?.userAgent ?? "an unknown browser";
  return `Node ${process.versions.node} (${process.platform} ${process.arch})`;
}
