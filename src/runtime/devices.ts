/** Which device computes. The backends are lazy chunks, named here and nowhere else. */

import type { Backend, DeviceInfo, DeviceKind } from "../backends/types.ts";
import { fail } from "../base/errors.ts";
import { Device } from "./device.ts";

/** Options of {@link setDevice}. */
export interface DeviceOptions {
  /** Threads of the wasm backend; default: the processor's threads, at most 8, or 1 without shared memory. */
  threads?: number;
  /** Bytes that a device may hold. Default: what the device allows. */
  memoryLimit?: number;
}

/** What {@link configure} sets. */
export interface Configuration {
  /**
   * Where the page serves `heddle/assets/worker.js`, if its content security policy forbids workers from blobs.
   * Default: a blob.
   */
  workerUrl?: string;
  /** The folder where it serves `heddle/assets/*.wasm`; default: the copies in the package's modules. */
  wasmUrl?: string;
  /**
   * False: the wasm binary without relaxed SIMD even where the engine has it.
   * Default: what the engine has.
   */
  relaxed?: boolean;
}

const configuration: Configuration = {};

/** Settings that hold for devices started afterwards. */
export function configure(settings: Configuration): void {
  Object.assign(configuration, settings);
}

const starters: Record<DeviceKind, (options: DeviceOptions) => Promise<Backend>> = {
  async wasm(options) {
    const { createWasmBackend } = await import("../backends/wasm/index.ts");
    return createWasmBackend({ ...configuration, ...options });
  },
  async webgpu(options) {
    const { createWebGpuBackend } = await import("../backends/webgpu/index.ts");
    return createWebGpuBackend(options);
  },
};

let current: Device | undefined;
/** Why `current` was chosen. */
let reason = "";

/** The device in force; the first use without `setDevice` starts the automatic choice. */
export function currentDevice(): Device {
  if (!current) use(start("wasm", {}), "no device was set, and wasm runs everywhere");
  return current!;
}

function use(device: Device, why: string): void {
  current = device;
  reason = why;
}

/** What computes now and why; undefined before the first use. */
export function deviceInfo(): (DeviceInfo & { reason: string }) | undefined {
  return current?.isUp ? withOldNames({ ...current.backend.info, reason }) : undefined;
}

/** Makes reading an old name an error that tells the new one. */
function withOldNames<Info extends DeviceInfo>(info: Info): Info {
  return Object.defineProperty(info, "lanes", {
    get: () => fail("deviceInfo", "lanes is called threads now"),
  });
}

/**
 * Chooses the device of everything recorded afterwards, and resolves when it is up. `auto` takes a hardware GPU where
 * there is one, else wasm; software GPU adapters are never chosen by `auto`. A device that is replaced stays up with
 * its tensors until `shutdown()`; the same kind with the same options is reused.
 *
 * @throws HeddleError when the device is unknown or cannot start; the device before stays in force.
 */
export async function setDevice(name: "auto" | DeviceKind, options: DeviceOptions = {}): Promise<DeviceInfo> {
  if (name !== "auto" && !(name in starters))
    fail("setDevice", `device must be auto, wasm or webgpu: got ${String(name)}`);
  checkOptions(options);
  const { device, why } =
    name === "auto" ? await choose(options) : { device: start(name, options), why: "asked for" };
  await device.ready;
  use(device, why);
  return withOldNames({ ...device.backend.info });
}

function checkOptions({ threads, memoryLimit }: DeviceOptions): void {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    fail("setDevice", `threads must be an integer from 1 to 64: got ${threads}`);
  }
  if (memoryLimit !== undefined && !(memoryLimit > 0))
    fail("setDevice", `memoryLimit must be positive bytes: got ${memoryLimit}`);
}

const started = new Map<string, Device>();

function start(kind: DeviceKind, options: DeviceOptions): Device {
  const key = JSON.stringify([kind, options.threads, options.memoryLimit, configuration]);
  const known = started.get(key);
  if (known) return known;
  const device = new Device(kind, () => starters[kind](options));
  started.set(key, device);
  device.ready.then(
    (backend) => void backend.lost.then(() => started.delete(key)),
    () => started.delete(key),
  );
  return device;
}

async function choose(options: DeviceOptions): Promise<{ device: Device; why: string }> {
  const before = new Set(started.values());
  const gpu = start("webgpu", { memoryLimit: options.memoryLimit });
  const found = await gpu.ready.then(
    ({ info }) => info,
    (cause: Error) => cause,
  );
  const { kind, why } = automatic(found);
  if (kind === "webgpu") return { device: gpu, why };
  if (gpu.isUp && !before.has(gpu)) await closeDevice(gpu);
  return { device: start("wasm", options), why };
}

/** What `auto` makes of the GPU that was found, or of the reason why there is none. */
export function automatic(gpu: DeviceInfo | Error): { kind: DeviceKind; why: string } {
  if (gpu instanceof Error) return { kind: "wasm", why: `no GPU: ${gpu.message}` };
  return gpu.isSoftware
    ? { kind: "wasm", why: `the only GPU adapter, ${gpu.adapter}, is software` }
    : { kind: "webgpu", why: `${gpu.adapter} is a hardware GPU` };
}

/** Starts a backend that nothing computes on, for a look at it; the caller closes it. */
export const openBackend = (kind: DeviceKind): Promise<Backend> => starters[kind]({});

async function closeDevice(device: Device): Promise<void> {
  for (const [key, known] of started) if (known === device) started.delete(key);
  await device.close();
}

/** Ends every device and worker; tensors on them are gone. A program need not call it to exit. */
export async function shutdown(): Promise<void> {
  const all = new Set([...started.values(), ...(current ? [current] : [])]);
  current = undefined;
  started.clear();
  for (const device of all) await device.close();
}

/** Devices that are up. */
export const startedDevices = (): Device[] =>
  [...new Set([...started.values(), ...(current ? [current] : [])])].filter((d) => d.isUp);
