/**
 * A compiled segment: a flat list of dispatches with their pipelines and cached bind groups, encoded anew at each run
 * (a command buffer cannot be reused) without creating an object per kernel.
 */
import type { Binding, Dispatch } from "../../../gpu/shader.ts";
import { fail, invariant } from "../../base/errors.ts";
import type { Segment } from "../../kernel/types.ts";
import type { BufferView, Executable } from "../types.ts";
import type { GpuHandle } from "./buffers.ts";
import type { Pipeline, Pipelines } from "./pipelines.ts";

/** Bind groups cached per dispatch: a new one costs ten times a cached one. Outputs rotate through a few buffers. */
const CACHED_GROUPS = 8;

/** Work in one submit, so that a display or a watchdog is never held up for long. */
const SUBMIT_MILLISECONDS = 100;

/** Memory of the executable and of the device, beside the bindings of a segment's values. */
interface Surroundings {
  readonly scratch: readonly GpuHandle[];
  readonly uniform: GpuHandle | undefined;
  readonly status: GPUBuffer;
}

interface CachedGroup {
  readonly buffers: readonly GPUBuffer[];
  readonly offsets: readonly number[];
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
}

interface Step {
  readonly dispatch: Dispatch;
  readonly pipeline: Pipeline;
  readonly values: readonly number[];
  /** Where the step's immediates start in the packed words. */
  readonly firstWord: number;
  readonly milliseconds: number;
  readonly bindGroups: CachedGroup[];
  evict: number;
}

export class GpuExecutable implements Executable {
  /** True if a kernel may report an index out of range. */
  readonly reports: boolean;
  private readonly steps: readonly Step[];
  private readonly words: Uint32Array<ArrayBuffer>;
  private readonly floats: Float32Array;
  private readonly packed: Uint32Array<ArrayBuffer>;
  private readonly packedSlots: readonly number[];

  constructor(
    readonly segment: Segment,
    readonly surroundings: Surroundings,
    dispatches: readonly Dispatch[],
    pipelines: readonly Pipeline[],
    private readonly cache: Pipelines,
    private readonly device: GPUDevice,
    isSoftware: boolean,
  ) {
    const packedSlots: number[] = [];
    this.steps = dispatches.map((dispatch, i) => {
      const firstWord = packedSlots.length;
      if (dispatch.scalars.from === "immediate") packedSlots.push(...dispatch.scalars.slots);
      return {
        dispatch,
        pipeline: pipelines[i],
        values: dispatch.bindings.flatMap(({ resource }) => (resource.kind === "value" ? [resource.id] : [])),
        firstWord,
        milliseconds: estimate(dispatch, isSoftware),
        bindGroups: [],
        evict: 0,
      };
    });
    this.reports = dispatches.some(({ bindings }) => bindings.some((b) => b.resource.kind === "status"));
    this.packedSlots = packedSlots;
    this.packed = new Uint32Array(packedSlots.length);
    this.words = new Uint32Array(Math.ceil(segment.scalars.length / 4) * 4);
    this.floats = new Float32Array(this.words.buffer);
  }

  get dispatches(): number {
    return this.steps.length;
  }

  label(step: number): string {
    return this.steps[step].dispatch.label;
  }

  /** Encodes and submits everything. With `queries`, dispatch i is timed by the queries 2i and 2i + 1. */
  run(bind: readonly BufferView[], scalars: ArrayLike<number>, queries?: GPUQuerySet): void {
    const { device, steps } = this;
    this.setScalars(scalars);
    let encoder: GPUCommandEncoder | undefined;
    let pass: GPUComputePassEncoder | undefined;
    let pending = 0;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      encoder ??= device.createCommandEncoder();
      pass ??= encoder.beginComputePass(queries && { timestampWrites: timestamps(queries, i) });
      this.encode(pass, step, bind);
      pending += step.milliseconds;
      if (queries || pending >= SUBMIT_MILLISECONDS || i === steps.length - 1) {
        pass.end();
        pass = undefined;
      }
      if (pending >= SUBMIT_MILLISECONDS || i === steps.length - 1) {
        device.queue.submit([encoder.finish()]);
        encoder = undefined;
        pending = 0;
      }
    }
  }

  private setScalars(scalars: ArrayLike<number>): void {
    const { segment, words, floats, packed, packedSlots } = this;
    for (let slot = 0; slot < segment.scalars.length; slot++) {
      const dtype = segment.scalars[slot];
      if (dtype === "float32") floats[slot] = scalars[slot];
      else words[slot] = dtype === "bool" ? Number(scalars[slot] !== 0) : scalars[slot];
    }
    for (let i = 0; i < packed.length; i++) packed[i] = words[packedSlots[i]];
    const { uniform } = this.surroundings;
    if (uniform) this.device.queue.writeBuffer(uniform.buffer, 0, words);
  }

  private encode(pass: GPUComputePassEncoder, step: Step, bind: readonly BufferView[]): void {
    const { groups, scalars } = step.dispatch;
    const { pipeline, group } = findGroup(step, bind) ?? this.cacheGroup(step, bind);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    if (scalars.from === "immediate" && scalars.slots.length > 0) {
      pass.setImmediates(0, this.packed, step.firstWord, scalars.slots.length);
    }
    pass.dispatchWorkgroups(groups[0], groups[1]);
  }

  private cacheGroup(step: Step, bind: readonly BufferView[]): CachedGroup {
    const { dispatch, bindGroups } = step;
    const resources = dispatch.bindings.map((binding) => this.resource(dispatch, binding, bind));
    const { pipeline, layout } = needsWritable(dispatch, resources)
      ? this.cache.writable(dispatch)
      : step.pipeline;
    if (dispatch.scalars.from === "uniform") {
      const { uniform } = this.surroundings;
      invariant(uniform, "an executable with uniform scalars has a uniform buffer");
      resources.push({ buffer: uniform.buffer, offset: 0, size: this.words.byteLength });
    }
    const group = this.device.createBindGroup({
      layout,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    const made = {
      buffers: step.values.map((id) => bufferOf(bind[id])),
      offsets: step.values.map((id) => bind[id].offset),
      pipeline,
      group,
    };
    bindGroups[step.evict] = made;
    step.evict = (step.evict + 1) % CACHED_GROUPS;
    return made;
  }

  private resource(dispatch: Dispatch, { resource }: Binding, bind: readonly BufferView[]): Range {
    const { scratch, status } = this.surroundings;
    if (resource.kind === "status") return { buffer: status, offset: 0, size: 16 };
    if (resource.kind === "scratch") {
      return { buffer: scratch[resource.slot].buffer, offset: 0, size: resource.bytes };
    }
    const view = bind[resource.id];
    const size = this.segment.values[resource.id].size * 4;
    if (!view || view.bytes < size || view.offset % 256 !== 0) {
      fail(
        dispatch.label,
        view
          ? `value ${resource.id} needs ${size} bytes at a multiple of 256: got ${view.bytes} at ${view.offset}`
          : `value ${resource.id} is not bound`,
      );
    }
    // An empty value still takes a binding, which must not be empty.
    return { buffer: bufferOf(view), offset: view.offset, size: Math.max(size, 4) };
  }
}

interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

const bufferOf = (view: BufferView): GPUBuffer => (view.buffer as GpuHandle).buffer;

function findGroup(step: Step, bind: readonly BufferView[]): CachedGroup | undefined {
  const { bindGroups, values } = step;
  search: for (let i = 0; i < bindGroups.length; i++) {
    const { buffers, offsets } = bindGroups[i];
    for (let j = 0; j < values.length; j++) {
      const view = bind[values[j]];
      if (bufferOf(view) !== buffers[j] || view.offset !== offsets[j]) continue search;
    }
    return bindGroups[i];
  }
  return undefined;
}

/** True if a buffer is bound both to read and to write. Ranges that overlap are refused: results would depend on luck. */
function needsWritable({ label, bindings }: Dispatch, ranges: readonly Range[]): boolean {
  let mixed = false;
  for (let i = 0; i < bindings.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [ranges[i], ranges[j]];
      if (a.buffer !== b.buffer || !(bindings[i].writable || bindings[j].writable)) continue;
      if (a.offset < b.offset + b.size && b.offset < a.offset + a.size) {
        fail(label, "an output overlaps another value in memory");
      }
      mixed ||= bindings[i].writable !== bindings[j].writable;
    }
  }
  return mixed;
}

/** A guess on the slow side, from what the weakest GPU of the kind reaches. */
function estimate({ flops, bytes }: Dispatch, isSoftware: boolean): number {
  return isSoftware ? Math.max(flops, bytes) / 1e6 : Math.max(flops / 5e8, bytes / 2e7);
}

const timestamps = (querySet: GPUQuerySet, step: number): GPUComputePassTimestampWrites => ({
  querySet,
  beginningOfPassWriteIndex: 2 * step,
  endOfPassWriteIndex: 2 * step + 1,
});
