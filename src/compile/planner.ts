/** Lays a fused graph out as a plan: the order of its kernels, what writes over what, and where every value lives. */
import { BYTES_PER_ELEMENT, type DType } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Kernel, ValueId, ValueSpec } from "../kernel/types.ts";
import { isDense } from "../kernel/view.ts";
import type { ScalarSource } from "../ops/sources.ts";
import { type Fusion, fuse, type Group } from "./fuse.ts";
import { lower } from "./lower.ts";
import { expressionLoads } from "./materialise.ts";
import type { Assignment, Binding, CompileTarget, Plan, PlanScalar } from "./plan.ts";
import { assignSlots } from "./slots.ts";
import { type Task, TaskGraph } from "./taskGraph.ts";

/** A destination by name; equal names are one piece of memory. `saved` is a slot for a leaf that will be overwritten. */
type Place = `leaf ${number}` | `output ${number}` | `saved ${number}`;

/** A group, or a copy between two values. */
interface Step extends Task {
  readonly group?: Group;
  readonly copy?: { readonly from: Node | Place; readonly to: Place; readonly spec: ValueSpec };
}

export class Planner {
  private readonly fusion: Fusion;
  private readonly leafNodes: readonly Node[];
  private readonly originals: readonly Node[];
  private readonly leafIndex: ReadonlyMap<Node, number>;
  private readonly stepOf = new Map<Group, Step>();
  private readonly readers = new Map<Node, Step[]>();
  /** Where a materialised node's value goes, if not to a slot. */
  private readonly places = new Map<Node, Place>();
  private readonly values: { spec: ValueSpec; place?: Place; uses: number[] }[] = [];
  private readonly valueIds = new Map<Node | Place, ValueId>();
  private readonly scalars: PlanScalar[] = [];
  private readonly schedule = new TaskGraph<Step>();

  constructor(
    private readonly roots: readonly Node[],
    private readonly outputs: readonly Node[],
    private readonly assignments: readonly Assignment[],
    leaves: ReadonlyMap<Node, Node>,
    target: CompileTarget,
    private readonly isConstant: (original: Node) => boolean,
  ) {
    this.originals = [...leaves.keys()];
    this.leafNodes = [...leaves.values()];
    this.leafIndex = new Map(this.leafNodes.map((n, i) => [n, i]));
    this.fusion = fuse(roots, target.bindings);
  }

  plan(): Plan {
    this.addGroups();
    this.placeAssignments();
    this.placeOutputs();
    const steps = this.schedule.sorted();
    const kernels = this.lowerAll(steps);
    const { bindings, slots } = this.bind();
    const written = this.assignments.map((a) => this.originals.indexOf(a.destination));
    const constants = this.originals.flatMap((leaf, i) => (this.isConstant(leaf) ? [i] : []));
    const values = this.values.map(({ spec }, i): ValueSpec => {
      const binding = bindings[i];
      return binding.kind === "leaf" && constants.includes(binding.leaf)
        ? { ...spec, isConstant: true }
        : spec;
    });
    return {
      segment: { kernels, values, scalars: this.scalars.map((s) => s.dtype) },
      bindings,
      slots,
      leaves: this.originals,
      constants,
      written: [...new Set(written)],
      outputs: this.outputs,
      scalars: this.scalars,
    };
  }

  private addGroups(): void {
    for (const group of this.fusion.groups) {
      const last = group.members[group.members.length - 1] ?? group.anchor!;
      const step: Step = { rank: Math.max(last.id, group.anchor?.id ?? 0), group };
      this.stepOf.set(group, step);
      this.schedule.add(step);
    }
    for (const [group, step] of this.stepOf) {
      for (const node of this.fusion.reads(group)) {
        this.addReader(node, step);
        const producer = this.fusion.groupOf.get(node);
        if (producer) this.schedule.order(this.stepOf.get(producer)!, step);
      }
    }
  }

  private addReader(node: Node, step: Step): void {
    const known = this.readers.get(node);
    if (known) known.push(step);
    else this.readers.set(node, [step]);
  }

  private addCopy(from: Node | Place, to: Place, { dtype, shape }: Node): Step {
    const step: Step = {
      rank: Number.MAX_SAFE_INTEGER,
      copy: { from, to, spec: { dtype, size: sizeOf(shape) } },
    };
    this.schedule.add(step);
    if (typeof from === "string") return step;
    this.addReader(from, step);
    const producer = this.fusion.groupOf.get(from);
    if (producer) this.schedule.order(this.stepOf.get(producer)!, step);
    return step;
  }

  /** Outputs of leaves, and second outputs of one value, are copies: what a user holds is fresh. */
  private placeOutputs(): void {
    this.outputs.forEach((_, i) => {
      const node = this.roots[i];
      const place: Place = `output ${i}`;
      if (!this.leafIndex.has(node) && !this.places.has(node)) {
        this.places.set(node, place);
        return;
      }
      const step = this.addCopy(node, place, node);
      const writer = this.writers.get(node);
      if (writer) this.schedule.order(step, writer);
    });
  }

  /** For each leaf that is assigned the step that overwrites it. */
  private readonly writers = new Map<Node, Step>();

  private placeAssignments(): void {
    const targets = this.assignments.map((a) => this.leafNodes[this.originals.indexOf(a.destination)]);
    const pending: { leaf: Node; value: Node }[] = [];
    this.assignments.forEach((_, i) => {
      const leaf = targets[i];
      const value = this.roots[this.outputs.length + i];
      if (value !== leaf && !this.writeInPlace(leaf, value)) pending.push({ leaf, value });
    });
    for (const { leaf, value } of pending) {
      const save = targets.includes(value) ? this.save(value) : undefined;
      const source = save ? (`saved ${value.id}` as const) : value;
      const step = this.addCopy(source, `leaf ${this.leafIndex.get(leaf)!}`, leaf);
      if (save) this.schedule.order(save, step);
      for (const reader of this.readers.get(leaf) ?? []) this.schedule.order(reader, step);
      this.writers.set(leaf, step);
    }
  }

  /** Copies a leaf aside before it is overwritten, so that two states may swap. */
  private save(leaf: Node): Step {
    const step = this.addCopy(leaf, `saved ${leaf.id}`, leaf);
    const writer = this.writers.get(leaf);
    if (writer) this.schedule.order(step, writer);
    return step;
  }

  /** Lets the kernel that computes `value` write over `leaf`, if every reader of the old content can run before. */
  private writeInPlace(leaf: Node, value: Node): boolean {
    const group = this.fusion.groupOf.get(value);
    if (!group || this.places.has(value)) return false;
    const step = this.stepOf.get(group)!;
    const readers = this.readers.get(leaf) ?? [];
    const others = readers.filter((s) => s !== step);
    if (readers.includes(step) && !this.readsInPlace(group, leaf)) return false;
    if (others.some((r) => this.schedule.reaches(step, r))) return false;
    for (const reader of others) this.schedule.order(reader, step);
    this.places.set(value, `leaf ${this.leafIndex.get(leaf)!}`);
    this.writers.set(leaf, step);
    return true;
  }

  /** Whether the group reads the leaf element by element, as it writes. */
  private readsInPlace(group: Group, leaf: Node): boolean {
    const { loads } = this.fusion;
    if (group.anchor?.inputs.some((i) => loads.get(i)!.some((l) => l.base === leaf))) return false;
    return group.members.every((m) =>
      expressionLoads(m, (n) => loads.get(n)!).every((l) => l.base !== leaf || isDense(l.view)),
    );
  }

  private valueOf(node: Node): ValueId {
    const leaf = this.leafIndex.get(node);
    const place = leaf !== undefined ? (`leaf ${leaf}` as const) : this.places.get(node);
    return this.valueAt(place ?? node, { dtype: node.dtype, size: sizeOf(node.shape) });
  }

  private valueAt(key: Node | Place, spec: ValueSpec): ValueId {
    const known = this.valueIds.get(key);
    if (known !== undefined) return known;
    this.values.push({ spec, place: typeof key === "string" ? key : undefined, uses: [] });
    this.valueIds.set(key, this.values.length - 1);
    return this.values.length - 1;
  }

  private lowerAll(steps: readonly Step[]): Kernel[] {
    const kernels: Kernel[] = [];
    const stored = new Set<Node>([...this.roots, ...this.readers.keys()]);
    for (const step of steps) {
      for (const kernel of step.group ? this.lowerGroup(step.group, stored) : [this.copyKernel(step.copy!)]) {
        if (kernel.outputs.every((v) => this.values[v].spec.size === 0)) continue;
        for (const v of [...kernel.inputs, ...kernel.outputs]) this.values[v].uses.push(kernels.length);
        kernels.push(kernel);
      }
    }
    return kernels;
  }

  private lowerGroup(group: Group, stored: ReadonlySet<Node>): Kernel[] {
    return lower(group, {
      fusion: this.fusion,
      isStored: (n) => stored.has(n),
      valueOf: (n) => this.valueOf(n),
      slotOf: (source, dtype) => this.scalarSlot(source, dtype),
      unused: (size, dtype) => {
        this.values.push({ spec: { size, dtype }, uses: [] });
        return this.values.length - 1;
      },
    });
  }

  private copyKernel({ from, to, spec }: NonNullable<Step["copy"]>): Kernel {
    const { dtype, size } = spec;
    const input = typeof from === "string" ? this.valueAt(from, spec) : this.valueOf(from);
    const output = this.valueAt(to, spec);
    const instrs = [{ op: "load", input, view: { offset: 0, strides: [1] }, dtype } as const];
    const program = { instrs, stores: [{ output, value: 0 }] };
    return {
      kind: "map",
      label: "copy",
      shape: [size],
      program,
      inputs: [input],
      outputs: [output],
      flops: 0,
      bytes: 8 * size,
    };
  }

  private scalarSlot(source: ScalarSource, dtype: DType): number {
    const at = this.scalars.findIndex((s) => s.source === source && s.dtype === dtype);
    return at >= 0 ? at : this.scalars.push({ source, dtype }) - 1;
  }

  /** Slots for what has no other place, by lifetime. */
  private bind(): { bindings: Binding[]; slots: readonly number[] } {
    const temporary = this.values.filter((v) => v.place === undefined || v.place.startsWith("saved"));
    const { sizes, slotOf } = assignSlots(
      temporary.map(({ spec, uses }) => ({
        size: spec.size * BYTES_PER_ELEMENT,
        from: uses[0] ?? 0,
        to: uses[uses.length - 1] ?? 0,
      })),
    );
    const bindings = this.values.map((value): Binding => {
      const { place } = value;
      if (place?.startsWith("leaf")) return { kind: "leaf", leaf: Number(place.slice(5)) };
      if (place?.startsWith("output")) return { kind: "output", output: Number(place.slice(7)) };
      return { kind: "slot", slot: slotOf[temporary.indexOf(value)] };
    });
    return { bindings, slots: sizes };
  }
}
