/**
 * One compute shader under construction: which values it binds, which per-call scalars and helpers it uses.
 * Names follow the order of use, so that equal kernels of different plans give equal text and share a pipeline.
 */
import type { DType } from "../src/base/dtype.ts";
import { fail, invariant } from "../src/base/errors.ts";
import type { Segment, ValueId } from "../src/kernel/types.ts";
import { atWidth, helperText, type Width } from "./prelude.ts";
import { fromStored, type Need, storedType, toStored, wgslType } from "./scalar.ts";

/** Features and limits of the device that kernels depend on. */
export interface Target {
  readonly storageBuffers: number;
  readonly bindingBytes: number;
  readonly workgroupBytes: number;
  /** Bytes of `var<immediate>`; 0 where the language lacks it. */
  readonly immediateBytes: number;
}

type Resource =
  | { readonly kind: "value"; readonly id: ValueId }
  /** Memory between the dispatches of one kernel; slots are distinct buffers. */
  | { readonly kind: "scratch"; readonly slot: number; readonly bytes: number }
  /** The buffer in which a kernel reports an index out of range: [count, op, index, length]. */
  | { readonly kind: "status" };

export interface Binding {
  readonly resource: Resource;
  readonly writable: boolean;
}

/** One dispatch: binding i of group 0 is `bindings[i]`; a uniform with all scalars of the segment comes last. */
export interface Dispatch {
  readonly label: string;
  readonly code: string;
  readonly bindings: readonly Binding[];
  readonly scalars: { readonly from: "immediate" | "uniform"; readonly slots: readonly number[] };
  readonly groups: readonly [x: number, y: number];
  readonly flops: number;
  readonly bytes: number;
}

/** Workgroups along x before the grid is folded; a device takes at most 65,535. */
const FOLD = 32768;

interface Bound {
  readonly resource: Resource;
  readonly type: string;
  writable: boolean;
}

export class Shader {
  private readonly bound = new Map<string, Bound>();
  private readonly slots: number[] = [];
  private readonly helpers = new Map<string, string>();
  private readonly declarations: string[] = [];
  private readonly vectors = new Set<ValueId>();

  constructor(
    readonly segment: Segment,
    readonly target: Target,
  ) {}

  readonly need: Need = (helper, width) => {
    for (const [name, text] of helperText(helper, width)) this.helpers.set(name, text);
    return atWidth(helper, width);
  };

  /** Adds a module-level declaration: a function, workgroup memory. */
  declare(text: string): void {
    this.declarations.push(text);
  }

  /** True if the value is a whole number of vec4s. */
  hasVectors(id: ValueId): boolean {
    const { size } = this.segment.values[id];
    return size > 0 && size % 4 === 0;
  }

  /** Binds value `id` as vec4; before its first use. */
  vectorize(id: ValueId): void {
    invariant(this.hasVectors(id), "a vec4 binding has whole vectors");
    this.vectors.add(id);
  }

  /** Elements from `index` (u32), `stride` apart where there are 4; a contiguous vec4 binding takes multiples of 4. */
  load(id: ValueId, index: string, width: Width = 1, stride = 1): string {
    const { dtype } = this.segment.values[id];
    const name = this.value(id, false);
    if (this.vectors.has(id) && width === 4 && stride === 1) {
      return fromStored(dtype, 4, `${name}[(${index}) >> 2u]`);
    }
    const one = (i: string) =>
      fromStored(dtype, 1, this.vectors.has(id) ? `${name}[(${i}) >> 2u][(${i}) & 3u]` : `${name}[${i}]`);
    if (width === 1) return one(index);
    if (stride === 0) return `${wgslType(dtype, 4)}(${one(index)})`;
    const parts = [0, 1, 2, 3].map((j) => one(plus(index, j * stride)));
    return `${wgslType(dtype, 4)}(${parts.join(", ")})`;
  }

  /** Statements that store `value`, of the value's dtype. */
  store(id: ValueId, index: string, value: string, width: Width = 1, stride = 1): string {
    const { dtype } = this.segment.values[id];
    const name = this.value(id, true);
    if (this.vectors.has(id)) {
      invariant(width === 4 && stride === 1, "a vec4 binding is stored by whole vectors");
      return `${name}[(${index}) >> 2u] = ${toStored(dtype, 4, value)};`;
    }
    if (width === 1) return `${name}[${index}] = ${toStored(dtype, 1, value)};`;
    return ["x", "y", "z", "w"]
      .map((c, j) => `${name}[${plus(index, j * stride)}] = ${toStored(dtype, 1, `${value}.${c}`)};`)
      .join(" ");
  }

  /** The name of scratch slot `slot`, an array of `size` elements of a scalar or vector type. */
  scratch(slot: number, size: number, type: string, writable: boolean): string {
    const bytes = size * 4 * Number(/^vec(\d)/.exec(type)?.[1] ?? 1);
    this.checkSize(bytes, "an intermediate result");
    return this.bind(`scratch${slot}`, { kind: "scratch", slot, bytes }, type, writable);
  }

  status(): string {
    return this.bind("status", { kind: "status" }, "atomic<u32>", true);
  }

  /** The per-call scalar of `slot` as an expression. */
  scalar(slot: number, dtype: DType): string {
    if (!this.slots.includes(slot)) this.slots.push(slot);
    const word = `scalar${this.slots.indexOf(slot)}()`;
    return fromStored(
      dtype,
      1,
      dtype === "float32" ? `bitcast<f32>(${word})` : `${storedType(dtype, 1)}(${word})`,
    );
  }

  /**
   * Ends the shader. `body` runs in `workgroup` invocations (`invocation`) of each of `groups` workgroups (`group`) and
   * may use barriers.
   */
  dispatch(options: {
    label: string;
    body: string;
    workgroup: number;
    groups: number;
    flops?: number;
    bytes?: number;
  }): Dispatch {
    const { label, body, workgroup, groups, flops = 0, bytes = 0 } = options;
    const { bound, target } = this;
    if (bound.size > target.storageBuffers) {
      fail(label, `the kernel binds ${bound.size} values, this GPU allows ${target.storageBuffers}`);
    }
    const immediate = this.slots.length * 4 <= target.immediateBytes;
    const folded = groups > FOLD;
    const code = [
      ...[...bound.values()].map(
        ({ type, writable }, i) =>
          `@group(0) @binding(${i}) var<storage, ${writable ? "read_write" : "read"}> b${i}: array<${type}>;`,
      ),
      ...this.scalarText(immediate),
      ...this.helpers.values(),
      ...this.declarations,
      `@compute @workgroup_size(${workgroup})`,
      "fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {",
      folded
        ? `let group = workgroup.y * ${FOLD}u + workgroup.x;\nif (group >= ${groups}u) { return; }`
        : "let group = workgroup.x;",
      body,
      "}",
    ].join("\n");
    return {
      label,
      code,
      bindings: [...bound.values()].map(({ resource, writable }) => ({ resource, writable })),
      scalars: { from: immediate ? "immediate" : "uniform", slots: this.slots },
      groups: folded ? [FOLD, Math.ceil(groups / FOLD)] : [groups, 1],
      flops,
      bytes,
    };
  }

  private value(id: ValueId, writable: boolean): string {
    const { dtype, size } = this.segment.values[id];
    this.checkSize(size * 4, "a value");
    const width = this.vectors.has(id) ? 4 : 1;
    return this.bind(`value${id}`, { kind: "value", id }, storedType(dtype, width), writable);
  }

  private bind(key: string, resource: Resource, type: string, writable: boolean): string {
    const known = this.bound.get(key);
    if (known) {
      known.writable ||= writable;
      invariant(known.type === type, "a binding has one type");
      return `b${[...this.bound.keys()].indexOf(key)}`;
    }
    this.bound.set(key, { resource, type, writable });
    return `b${this.bound.size - 1}`;
  }

  private checkSize(bytes: number, what: string): void {
    const { bindingBytes } = this.target;
    if (bytes > bindingBytes) {
      fail("webgpu", `${what} of ${bytes} bytes is larger than this GPU can bind: ${bindingBytes} bytes`);
    }
  }

  /** Immediates hold the slots in use, in order of use; the uniform holds all slots of the segment. */
  private scalarText(immediate: boolean): string[] {
    const { slots, segment } = this;
    if (slots.length === 0) return [];
    if (immediate) {
      const fields = slots.map((_, i) => `s${i}: u32`).join(", ");
      return [
        `struct Scalars { ${fields} }`,
        "var<immediate> scalars: Scalars;",
        ...slots.map((_, i) => `fn scalar${i}() -> u32 { return scalars.s${i}; }`),
      ];
    }
    const vectors = Math.ceil(segment.scalars.length / 4);
    return [
      `@group(0) @binding(${this.bound.size}) var<uniform> scalars: array<vec4<u32>, ${vectors}>;`,
      ...slots.map((slot, i) => `fn scalar${i}() -> u32 { return scalars[${slot >> 2}][${slot & 3}]; }`),
    ];
  }
}

const plus = (index: string, offset: number): string =>
  offset === 0 ? index : offset > 0 ? `${index} + ${offset}u` : `${index} - ${-offset}u`;
