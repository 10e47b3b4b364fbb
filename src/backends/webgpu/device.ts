/** Finding a GPU: the adapter, its limits (all of them, not the low defaults), and what kind of device it is. */
import { gpu } from "#platform";
import type { Target } from "../../../gpu/shader.ts";
import { HeddleError } from "../../base/errors.ts";
import type { DeviceInfo } from "../types.ts";

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly info: DeviceInfo;
  readonly target: Target;
}

const FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "subgroups", "shader-f16"];

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxImmediateSize",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** @throws HeddleError when this machine offers no WebGPU adapter. */
export async function requestDevice(chosen?: GPUAdapter): Promise<GpuDevice> {
  const api = await gpu();
  const adapter = chosen ?? (await api?.requestAdapter({ powerPreference: "high-performance" }));
  if (!api || !adapter) {
    throw new HeddleError("webgpu", "no adapter: this machine or browser offers no usable WebGPU device");
  }
  const features = FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits: Record<string, number> = {};
  for (const limit of LIMITS) {
    // A browser without immediates has no such limit.
    if (adapter.limits[limit] > 0) requiredLimits[limit] = adapter.limits[limit];
  }
  const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits });
  const { limits } = device;
  const immediates = api.wgslLanguageFeatures?.has("immediate_address_space") ?? false;
  return {
    device,
    info: {
      kind: "webgpu",
      adapter: describe(adapter.info),
      isSoftware: isSoftware(adapter.info),
      limits: {
        // One is left for the partial results of a kernel in two dispatches.
        bindings: limits.maxStorageBuffersPerShaderStage - 1,
        bytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
      },
      features,
      threads: 1,
    },
    target: {
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      bindingBytes: limits.maxStorageBufferBindingSize,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      immediateBytes: immediates ? (limits.maxImmediateSize ?? 0) : 0,
    },
  };
}

function describe({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return description || device || [vendor, architecture].filter(Boolean).join(" ") || "unknown GPU";
}

/** A GPU emulated on the CPU: correct, but slower than the wasm kernels. */
function isSoftware(info: GPUAdapterInfo): boolean {
  const words = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(words);
}
