/**
 * Writes a scalar program as a tile program (see `assembly/opcodes.ts`): picks opcodes, joins steps (fusions.ts),
 * computes what is the same for all elements once per range, loads late, and lets a step write a dense output in
 * place where no later step reads what it overwrites.
 */
import { MAX_CYCLES, Op } from "../../../assembly/opcodes.ts";
import { type DType, isFloat } from "../../base/dtype.ts";
import { fail, invariant } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import type { Affine, Instr, Program } from "../../kernel/types.ts";
import { collapse, describe, isContiguous, isUniform, periodOf } from "./affine.ts";
import { assemble, newStep, type TileStep, type TileStore } from "./assemble.ts";
import { float32Word, type ProgramAddress, valueAddress, type Word } from "./command.ts";
import { countUses, fuse } from "./fusions.ts";
import { opcode } from "./opcodes.ts";

interface EncodedProgram extends ProgramAddress {
  /** Per element, in simple vector operations. */
  readonly cost: number;
}

interface Source extends Program {
  readonly shape: Shape;
  /** Address of `acc`. */
  readonly acc?: Word;
  /** The instruction that a reduction reads. */
  readonly result?: number;
}

/** Of an element that is found by its index, and of one that is drawn. */
const ACCESS_COST = 4;
const RANDOM_COST = 12;

/** The word that a number of this dtype is. */
export const numberWord = (dtype: DType, value: number): number =>
  isFloat(dtype) ? float32Word(value) : dtype === "bool" ? Number(value !== 0) : value | 0;

export function encodeProgram(source: Source): EncodedProgram {
  return new Encoder(source).encode();
}

class Encoder {
  /** By instruction; several may share a step. */
  readonly #steps: TileStep[] = [];
  readonly #preamble: TileStep[] = [];
  readonly #inputs: TileStep[] = [];
  readonly #repeating: TileStep[] = [];
  readonly #tile: TileStep[] = [];
  readonly #placed = new Set<TileStep>();
  /** By word: however many steps read a number, it takes one register. */
  readonly #constants = new Map<number, TileStep>();
  #cycles = 0;

  constructor(private readonly source: Source) {}

  encode(): EncodedProgram {
    const { instrs, stores, result } = this.source;
    for (const instr of instrs) this.#steps.push(this.#step(instr));
    const roots = stores.map(({ value }) => this.#steps[value]);
    if (result !== undefined) roots.push(this.#steps[result]);
    countUses(roots);
    for (const step of this.#steps) fuse(step, (word) => this.#constant(word));
    // In the order of the program; loads wait until they are used.
    for (const step of this.#steps) if (step.uses > 0 && !isLoad(step)) this.#place(step);
    for (const root of roots) this.#place(root);

    const tileStores = stores.map(({ value, output, map }): TileStore & { output: number } => {
      const axes = map && collapse(this.source.shape, map);
      const isDense = !axes || (isContiguous(axes) && !isUniform(axes));
      return {
        step: this.#saved(this.#steps[value], !isDense),
        output,
        address: valueAddress(output, map?.offset),
        ...(!isDense && { descriptor: describe(axes, 0) }),
      };
    });
    const last = result === undefined ? undefined : this.#dense(this.#steps[result]);
    const direct = this.#chooseDirect(tileStores);
    const late = tileStores.filter(({ step, address }) => direct.get(step) !== address);
    const words = assemble({
      preamble: this.#preamble,
      inputs: this.#inputs,
      cycles: this.#repeating,
      tile: this.#tile,
      direct,
      stores: late,
      result: last,
    });
    const cost = this.#tile.reduce((sum, step) => sum + step.cost, 1 + late.length);
    return { kind: "program", words, cost };
  }

  #step(instr: Instr): TileStep {
    const { shape, acc } = this.source;
    switch (instr.op) {
      case "const":
        return this.#constant(numberWord(instr.dtype, instr.value));
      case "scalar":
        return newStep({ op: Op.Broadcast, uniform: true, word: { kind: "scalar", slot: instr.slot } });
      case "acc": {
        if (acc === undefined) return fail("wasm", "a program without a reduction has no acc");
        const value = typeof acc === "object" && acc.kind === "value" ? acc.value : undefined;
        return newStep({ op: Op.Input, word: acc, value });
      }
      case "load": {
        const { input, view } = instr;
        const axes = collapse(shape, view);
        const word = valueAddress(input, view.offset);
        if (isUniform(axes)) return newStep({ op: Op.Broadcast, uniform: true, word });
        if (isContiguous(axes)) return newStep({ op: Op.Input, word, value: input });
        const period = periodOf(axes);
        if (period > 0 && this.#cycles++ < MAX_CYCLES) {
          return newStep({ op: Op.Cycle, word, period });
        }
        const fill = numberWord(instr.dtype, view.bounds?.fill ?? 0);
        return newStep({ op: Op.LoadAccess, word, descriptor: describe(axes, fill), cost: ACCESS_COST });
      }
      case "index":
        return this.#index(instr.map);
      case "random": {
        const args = instr.args.map((arg) => this.#steps[arg]);
        invariant(
          args.every((arg) => arg.uniform),
          "random keys are scalars",
        );
        const descriptor = describe(collapse(shape, instr.map), 0);
        return newStep({ op: Op.Random, args, word: instr.map.offset, descriptor, cost: RANDOM_COST });
      }
      case "map":
        return this.#operation(instr);
    }
  }

  #constant(word: number): TileStep {
    const known = this.#constants.get(word) ?? newStep({ op: Op.Constant, uniform: true, word });
    this.#constants.set(word, known);
    return known;
  }

  #index(map: Affine): TileStep {
    const axes = collapse(this.source.shape, map);
    if (isUniform(axes)) return this.#constant(map.offset);
    return newStep({ op: Op.Index, word: map.offset, descriptor: describe(axes, 0), cost: ACCESS_COST });
  }

  #operation({ name, dtype, cost, args: operands }: Extract<Instr, { op: "map" }>): TileStep {
    const dtypes = operands.map((operand) => this.source.instrs[operand].dtype);
    const { op, args: order } = opcode(name, dtype, dtypes, operands);
    const args = order.map((operand) => this.#steps[operand]);
    return op === Op.Copy ? args[0] : newStep({ op, args, cost, uniform: args.every((arg) => arg.uniform) });
  }

  /** Puts a step behind the steps that it reads. */
  #place(step: TileStep): void {
    if (this.#placed.has(step)) return;
    this.#placed.add(step);
    for (const arg of step.args) this.#place(arg);
    if (step.uniform) this.#preamble.push(step);
    else if (step.op === Op.Input) this.#inputs.push(step);
    else if (step.op === Op.Cycle) this.#repeating.push(step);
    else this.#tile.push(step);
  }

  #copy(step: TileStep): TileStep {
    const copy = newStep({ op: Op.Copy, args: [step] });
    this.#tile.push(copy);
    return copy;
  }

  /** A step that fills its register with all elements of the tile. */
  #dense(step: TileStep): TileStep {
    return step.uniform ? this.#copy(step) : step;
  }

  /** The step that a store reads: a copy if the program overwrites the original. */
  #saved(step: TileStep, needsAll: boolean): TileStep {
    const overwritten =
      step.op === Op.Input && this.source.stores.some(({ output }) => output === step.value);
    return overwritten ? this.#copy(step) : needsAll ? this.#dense(step) : step;
  }

  /** Chooses the steps that write their output in place: no later step may read an input that aliases it. */
  #chooseDirect(stores: readonly (TileStore & { output: number })[]): Map<TileStep, Word> {
    const direct = new Map<TileStep, Word>();
    for (const { step, output, address, descriptor } of stores) {
      const at = this.#tile.indexOf(step);
      if (descriptor || at < 0 || direct.has(step)) continue;
      const readLater = this.#tile
        .slice(at + 1)
        .some(({ args }) => args.some((arg) => arg.op === Op.Input && arg.value === output));
      if (!readLater) direct.set(step, address);
    }
    return direct;
  }
}

const isLoad = ({ op }: TileStep): boolean =>
  op === Op.LoadAccess || op === Op.Index || op === Op.Random || op === Op.Input || op === Op.Cycle;
