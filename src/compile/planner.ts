/** Lays a fused graph out as a plan: the order of its kernels, what writes over what, and where every value lives. */
import { BYTES_PER_ELEMENT, type DType } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { isDense } from "../base/view.ts";
import { Node } from "../graph/node.ts";
import type { Kernel, ValueId, ValueSpec } from "../kernel/types.ts";
import type { ScalarSource } from "../ops/sources.ts";
import { type Fusion, fuse, type Group } from "./fuse.ts";
import { lower } from "./lower.ts";
import { expressionLoads } from "./materialise.ts";
import type { Assignment, Compilation, CompileTarget, Leaf, Place, Plan } from "./plan.ts";
import { assignSlots } from "./slots.ts";
import { type Task, TaskGraph } from "./taskGraph.ts";

/** A leaf of the graph that is planned, and where its value comes from. */
export interface LeafNode {
  readonly leaf: Node;
  readonly source: Leaf;
  /** Whether it seldom changes. */
  readonly isConstant: boolean;
}

/** Where a copy or a kernel writes, by identity. `saved`: a slot for the old content of a leaf that is overwritten. */
type Destination = Exclude<Place, { kind: "slot" }> | { readonly kind: "saved" };

interface Copy {
  readonly from: Node | Destination;
  readonly to: Destination;
  readonly spec: ValueSpec;
}

interface GroupTask extends Task {
  readonly group: Group;
}

interface CopyTask extends Task {
  readonly copy: Copy;
}

type PlannedTask = GroupTask | CopyTask;

/** A value of the segment; without a destination it goes to a slot. */
interface PlannedValue {
  readonly spec: ValueSpec;
  readonly destination?: Destination;
  /** The kernels that read or write it. */
  readonly uses: number[];
}

export class Planner {
  private readonly fusion: Fusion;
  /** Everything to compute: the outputs, then what is assigned. */
  private readonly roots: readonly Node[];
  private readonly leafPlaces: ReadonlyMap<Node, Extract<Place, { kind: "leaf" }>>;
  private readonly taskOf = new Map<Group, GroupTask>();
  private readonly readers = new Map<Node, PlannedTask[]>();
  /** For each leaf that is assigned the task that overwrites it. */
  private readonly writers = new Map<Node, PlannedTask>();
  /** For each leaf that is assigned to another the task that saves its old content. */
  private readonly saves = new Map<Node, CopyTask>();
  /** Where a materialised node's value goes, if not to a slot. */
  private readonly destinations = new Map<Node, Destination>();
  private readonly values: PlannedValue[] = [];
  private readonly valueIds = new Map<Node | Destination, ValueId>();
  private readonly scalars: { readonly source: ScalarSource; readonly dtype: DType }[] = [];
  private readonly tasks = new TaskGraph<PlannedTask>();

  /** @param assignments of nodes to leaves */
  constructor(
    private readonly outputs: readonly Node[],
    private readonly assignments: readonly Assignment[],
    private readonly leaves: readonly LeafNode[],
    target: CompileTarget,
  ) {
    this.roots = [...outputs, ...assignments.map(({ value }) => value)];
    this.leafPlaces = new Map(leaves.map(({ leaf }, index) => [leaf, { kind: "leaf", index }]));
    this.fusion = fuse(this.roots, target.bindings);
  }

  plan(): Compilation {
    this.addGroups();
    this.placeAssignments();
    this.placeOutputs();
    const kernels = this.lowerAll(this.tasks.sorted());
    const { places, slots } = this.place();
    const values = this.values.map(({ spec }, i): ValueSpec => {
      const { kind, index } = places[i];
      return kind === "leaf" && this.leaves[index].isConstant ? { ...spec, isConstant: true } : spec;
    });
    const plan: Plan = {
      segment: { kernels, values, scalars: this.scalars.map(({ dtype }) => dtype) },
      places,
      slots,
      outputs: this.outputs.map(({ shape, dtype }) => ({ shape, dtype })),
      written: [
        ...new Set(this.assignments.map(({ destination }) => this.leafPlaces.get(destination)!.index)),
      ],
      constants: this.leaves.flatMap(({ isConstant }, i) => (isConstant ? [i] : [])),
    };
    return {
      plan,
      leaves: this.leaves.map(({ source }) => source),
      scalars: this.scalars.map(({ source }) => source),
    };
  }

  private addGroups(): void {
    for (const group of this.fusion.groups) {
      const last = group.members[group.members.length - 1] ?? group.anchor!;
      const task: GroupTask = { rank: Math.max(last.id, group.anchor?.id ?? 0), group };
      this.taskOf.set(group, task);
      this.tasks.add(task);
    }
    for (const [group, task] of this.taskOf) {
      for (const node of this.fusion.reads(group)) {
        this.addReader(node, task);
        const producer = this.fusion.groupOf.get(node);
        if (producer) this.tasks.order(this.taskOf.get(producer)!, task);
      }
    }
  }

  private addReader(node: Node, task: PlannedTask): void {
    const known = this.readers.get(node);
    if (known) known.push(task);
    else this.readers.set(node, [task]);
  }

  private addCopy(from: Node | Destination, to: Destination, { dtype, shape }: Node): CopyTask {
    const copy = { from, to, spec: { dtype, size: sizeOf(shape) } };
    const task = { rank: Number.MAX_SAFE_INTEGER, copy };
    this.tasks.add(task);
    if (from instanceof Node) {
      this.addReader(from, task);
      const producer = this.fusion.groupOf.get(from);
      if (producer) this.tasks.order(this.taskOf.get(producer)!, task);
    }
    return task;
  }

  /** Outputs of leaves, and second outputs of one value, are copies: what a user holds is fresh. */
  private placeOutputs(): void {
    for (const [index, node] of this.outputs.entries()) {
      const place = { kind: "output", index } as const;
      if (!this.leafPlaces.has(node) && !this.destinations.has(node)) {
        this.destinations.set(node, place);
        continue;
      }
      const copy = this.addCopy(node, place, node);
      const writer = this.writers.get(node);
      if (writer) this.tasks.order(copy, writer);
    }
  }

  private placeAssignments(): void {
    const overwritten = new Set(this.assignments.map(({ destination }) => destination));
    const copied: Assignment[] = [];
    for (const assignment of this.assignments) {
      const { destination, value } = assignment;
      if (value !== destination && !this.writeInPlace(destination, value)) copied.push(assignment);
    }
    for (const { destination: leaf, value } of copied) {
      const save = overwritten.has(value) ? this.save(value) : undefined;
      const copy = this.addCopy(save?.copy.to ?? value, this.leafPlaces.get(leaf)!, leaf);
      if (save) this.tasks.order(save, copy);
      for (const reader of this.readers.get(leaf) ?? []) this.tasks.order(reader, copy);
      this.writers.set(leaf, copy);
    }
  }

  /** Copies a leaf aside before it is overwritten, so that two states may swap. */
  private save(leaf: Node): CopyTask {
    const known = this.saves.get(leaf);
    if (known) return known;
    const save = this.addCopy(leaf, { kind: "saved" }, leaf);
    this.saves.set(leaf, save);
    const writer = this.writers.get(leaf);
    if (writer) this.tasks.order(save, writer);
    return save;
  }

  /** Lets the kernel that computes `value` write over `leaf`, if every reader of the old content can run before. */
  private writeInPlace(leaf: Node, value: Node): boolean {
    const group = this.fusion.groupOf.get(value);
    if (!group || this.destinations.has(value)) return false;
    const task = this.taskOf.get(group)!;
    const readers = this.readers.get(leaf) ?? [];
    const others = readers.filter((reader) => reader !== task);
    if (readers.includes(task) && !this.readsInPlace(group, leaf)) return false;
    if (others.some((reader) => this.tasks.reaches(task, reader))) return false;
    for (const reader of others) this.tasks.order(reader, task);
    this.destinations.set(value, this.leafPlaces.get(leaf)!);
    this.writers.set(leaf, task);
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
    const destination = this.leafPlaces.get(node) ?? this.destinations.get(node);
    return this.valueAt(destination ?? node, { dtype: node.dtype, size: sizeOf(node.shape) });
  }

  private valueAt(key: Node | Destination, spec: ValueSpec): ValueId {
    const known = this.valueIds.get(key);
    if (known !== undefined) return known;
    const id =
      this.values.push(key instanceof Node ? { spec, uses: [] } : { spec, destination: key, uses: [] }) - 1;
    this.valueIds.set(key, id);
    return id;
  }

  private lowerAll(tasks: readonly PlannedTask[]): Kernel[] {
    const kernels: Kernel[] = [];
    const stored = new Set<Node>([...this.roots, ...this.readers.keys()]);
    for (const task of tasks) {
      for (const kernel of "group" in task
        ? this.lowerGroup(task.group, stored)
        : [this.copyKernel(task.copy)]) {
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

  private copyKernel({ from, to, spec }: Copy): Kernel {
    const { dtype, size } = spec;
    const input = from instanceof Node ? this.valueOf(from) : this.valueAt(from, spec);
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

  /** Gives every value without a destination a slot, by lifetime. */
  private place(): { places: Place[]; slots: readonly number[] } {
    const temporary: PlannedValue[] = [];
    const places = this.values.map((value): Place => {
      const { destination } = value;
      if (destination && destination.kind !== "saved") return destination;
      return { kind: "slot", index: temporary.push(value) - 1 };
    });
    const { sizes, slotOf } = assignSlots(
      temporary.map(({ spec, uses }) => ({
        size: spec.size * BYTES_PER_ELEMENT,
        from: uses[0] ?? 0,
        to: uses[uses.length - 1] ?? 0,
      })),
    );
    const placed = places.map((place) =>
      place.kind === "slot" ? { ...place, index: slotOf[place.index] } : place,
    );
    return { places: placed, slots: sizes };
  }
}
