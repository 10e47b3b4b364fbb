/** Devices that plan and prepare everything and compute nothing. */
import { create } from "webgpu";
import type { Target } from "../../gpu/shader.ts";
import type { Backend } from "../../src/backends/types.ts";
import type { Engine } from "../../src/backends/wasm/engine.ts";

/** Storage buffers of a shader: the least that WebGPU promises, and what most GPUs have. */
export type StorageBuffers = 8 | 10;

/** The rest is the same for both. */
export const targetOf = (storageBuffers: StorageBuffers): Target => ({
  storageBuffers,
  bindingBytes: 1 << 27,
  workgroupBytes: 16 << 10,
  immediateBytes: 64,
});

/** A linear memory without content. */
export const idleEngine = (): Engine => ({
  threads: 1,
  relaxed: false,
  heapStart: 0,
  lost: new Promise(() => {}),
  failures: 0,
  ready: async () => 1,
  grow: () => true,
  write() {},
  copy() {},
  read() {},
  run() {},
  extend() {},
  async sync() {},
  async idle() {},
  close() {},
});

/** Stands for a GPU with more bindings than Dawn's null backend has. */
export const idleGpu = (storageBuffers: StorageBuffers): Backend => ({
  info: {
    kind: "webgpu",
    adapter: "none",
    isSoftware: false,
    // As in src/backends/webgpu/device.ts.
    limits: { bindings: storageBuffers - 1, bytes: 1 << 27 },
    features: [],
    threads: 1,
  },
  claims: new Set(["softmax", "logSoftmax"]),
  lost: new Promise(() => {}),
  alloc: (bytes) => ({ bytes }),
  free() {},
  upload() {},
  copy() {},
  async download() {},
  compile: (segment) => ({ segment }),
  release() {},
  execute() {},
  async sync() {},
  async idle() {},
  memory: () => ({ live: 0, reserved: 0, peak: 0 }),
  close() {},
});

/** What a device was asked to create and to do, by the name of the row in a snapshot. */
export type Calls = Record<string, number>;

const CREATIONS: Partial<Record<keyof GPUDevice, string>> = {
  createShaderModule: "shader modules",
  createComputePipelineAsync: "pipelines",
  createComputePipeline: "pipelines at once",
  createBindGroupLayout: "bind group layouts",
  createBindGroup: "bind groups",
  createBuffer: "buffers",
};

/** Whether a row of calls is one of something created. */
export const isCreation = (row: string): boolean => Object.values(CREATIONS).includes(row);

/** Kept for good: adapters and devices do not outlive it. */
const dawn = create(["backend=null"]);

/** An adapter of Dawn's null backend, which checks shaders and calls; `calls` counts those of its devices. */
export async function nullAdapter(calls: Calls): Promise<GPUAdapter> {
  const adapter = await dawn.requestAdapter();
  if (!adapter) throw new Error("Dawn has no null backend");
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => counted(await request(descriptor), calls);
  return adapter;
}

function counted(device: GPUDevice, calls: Calls): GPUDevice {
  for (const [method, row] of Object.entries(CREATIONS)) count(device, method as keyof GPUDevice, row, calls);
  count(device.queue, "submit", "submits", calls);
  count(device.queue, "writeBuffer", "buffer writes", calls);
  const createEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createEncoder(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (options) => {
      add(calls, "passes");
      return count(begin(options), "dispatchWorkgroups", "dispatches", calls);
    };
    return encoder;
  };
  return device;
}

const add = (calls: Calls, row: string): void => {
  calls[row] = (calls[row] ?? 0) + 1;
};

function count<T extends object>(object: T, method: keyof T, row: string, calls: Calls): T {
  const before = object[method] as (...args: unknown[]) => unknown;
  const counting = (...args: unknown[]): unknown => {
    add(calls, row);
    return before.apply(object, args);
  };
  Object.defineProperty(object, method, { value: counting });
  return object;
}
