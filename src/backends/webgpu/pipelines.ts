/**
 * Compute pipelines, compiled asynchronously and cached by WGSL text and binding layout. Layouts are explicit: with
 * `layout: "auto"` a device compiles equal shaders again.
 */

import type { Dispatch } from "../../../gpu/shader.ts";
import { HeddleError } from "../../base/errors.ts";

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

interface Layout {
  readonly group: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

const COMPUTE_STAGE = 0x4;

export class Pipelines {
  private readonly compiled = new Map<string, Promise<Pipeline>>();
  private readonly exclusive = new Map<string, Pipeline>();
  private readonly layouts = new Map<string, Layout>();

  constructor(private readonly device: GPUDevice) {}

  /** @throws HeddleError with the compiler's messages when the shader is refused. */
  get(dispatch: Dispatch): Promise<Pipeline> {
    let pending = this.compiled.get(dispatch.code);
    if (!pending) {
      pending = this.compile(dispatch);
      this.compiled.set(dispatch.code, pending);
    }
    return pending;
  }

  /**
   * The variant that binds everything as writable: one buffer may not be bound readable and writable in one
   * dispatch, even on disjoint ranges, but twice writable it may. Compiled on the spot, as it is rare.
   */
  writable(dispatch: Dispatch): Pipeline {
    const known = this.exclusive.get(dispatch.code);
    if (known) return known;
    const code = dispatch.code.replaceAll("var<storage, read>", "var<storage, read_write>");
    const module = this.device.createShaderModule({ code });
    const layout = this.layout({
      ...dispatch,
      bindings: dispatch.bindings.map((binding) => ({ ...binding, writable: true })),
    });
    const made = {
      pipeline: this.device.createComputePipeline({ layout: layout.pipeline, compute: { module } }),
      layout: layout.group,
    };
    this.exclusive.set(dispatch.code, made);
    return made;
  }

  private async compile(dispatch: Dispatch): Promise<Pipeline> {
    const { device } = this;
    const layout = this.layout(dispatch);
    // A scope keeps the error from being reported a second time as uncaptured.
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: dispatch.code });
    const made = device.createComputePipelineAsync({ layout: layout.pipeline, compute: { module } });
    const refused = device.popErrorScope();
    try {
      const pipeline = await made;
      await refused;
      return { pipeline, layout: layout.group };
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const reasons = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      if (reasons.length === 0) reasons.push(cause instanceof Error ? cause.message : String(cause));
      throw new HeddleError(dispatch.label, `the GPU refused the shader: ${reasons.join("; ")}`, { cause });
    }
  }

  private layout({ bindings, scalars }: Dispatch): Layout {
    const access = bindings.map(({ writable }) => (writable ? "w" : "r")).join("");
    const immediates = scalars.from === "immediate" ? scalars.slots.length * 4 : 0;
    const hasUniform = scalars.from === "uniform";
    const key = `${access} ${immediates} ${hasUniform}`;
    const known = this.layouts.get(key);
    if (known) return known;
    const entries: GPUBindGroupLayoutEntry[] = bindings.map(({ writable }, binding) => ({
      binding,
      visibility: COMPUTE_STAGE,
      buffer: { type: writable ? "storage" : "read-only-storage" },
    }));
    if (hasUniform) {
      entries.push({ binding: bindings.length, visibility: COMPUTE_STAGE, buffer: { type: "uniform" } });
    }
    const group = this.device.createBindGroupLayout({ entries });
    const pipeline = this.device.createPipelineLayout({
      bindGroupLayouts: [group],
      ...(immediates > 0 && { immediateSize: immediates }),
    });
    const layout = { group, pipeline };
    this.layouts.set(key, layout);
    return layout;
  }
}
