/** The last half of encoding: gives the steps of a tile program their registers and writes the words. */
import {
  HEADER_WORDS,
  Header,
  INSTRUCTION_WORDS,
  MAX_BUFFERS,
  MAX_REGISTERS,
  MAX_SPLATS,
  Op,
  REGISTER_BYTES,
} from "../../../assembly/opcodes.ts";
import { invariant } from "../../base/errors.ts";
import type { ValueId } from "../../kernel/types.ts";
import type { Word } from "./command.ts";

/** A step of a tile program. */
export interface TileStep {
  op: Op;
  args: readonly TileStep[];
  /** The same for all elements: runs once per range of tiles. */
  readonly uniform: boolean;
  /** An address or a number, for steps that have one. */
  readonly word: Word;
  readonly descriptor?: readonly number[];
  /** The value that an input points into. */
  readonly value?: ValueId;
  /** Of an input that repeats. */
  readonly period?: number;
  /** Per element, in simple vector operations. */
  readonly cost: number;
  uses: number;
  register: number;
}

export const newStep = (fields: Pick<TileStep, "op"> & Partial<TileStep>): TileStep => ({
  args: [],
  uniform: false,
  word: 0,
  cost: 1,
  uses: 0,
  register: -1,
  ...fields,
});

export interface TileStore {
  readonly step: TileStep;
  readonly address: Word;
  readonly descriptor?: readonly number[];
}

interface TileProgram {
  /** Uniform steps. */
  readonly preamble: readonly TileStep[];
  /** Pointers into values. */
  readonly inputs: readonly TileStep[];
  /** Inputs that repeat. */
  readonly cycles: readonly TileStep[];
  readonly tile: readonly TileStep[];
  /** Steps that write a dense output in place, and where. */
  readonly direct: ReadonlyMap<TileStep, Word>;
  /** Stores that follow the last step. */
  readonly stores: readonly TileStore[];
  readonly result?: TileStep;
}

export function assemble(program: TileProgram): Word[] {
  const buffers = allocateBuffers(program);
  const { preamble, inputs, cycles } = program;
  let register = buffers;
  for (const step of [...preamble, ...inputs, ...cycles]) step.register = register++;
  invariant(
    buffers + 2 * cycles.length <= MAX_BUFFERS && preamble.length <= MAX_SPLATS && register <= MAX_REGISTERS,
    `a fused kernel needs ${buffers} tile registers, ${preamble.length} scalars and ${register} in all`,
  );
  return new Writer(program, buffers).words();
}

/** Numbers the tile's buffers so that a step takes over one that is read for the last time; returns their count. */
function allocateBuffers({ tile, direct, stores, result }: TileProgram): number {
  const lastUse = new Map<TileStep, number>();
  tile.forEach((step, i) => {
    for (const arg of step.args) lastUse.set(arg, i);
  });
  for (const { step } of stores) lastUse.set(step, tile.length);
  if (result) lastUse.set(result, tile.length);
  const free: number[] = [];
  const owned = new Set<TileStep>();
  let count = 0;
  tile.forEach((step, i) => {
    for (const arg of step.args) {
      if (lastUse.get(arg) === i && owned.delete(arg)) free.push(arg.register);
    }
    // A register that points into an output keeps its buffer to itself, for ragged tiles.
    if (direct.has(step)) step.register = count++;
    else {
      step.register = free.pop() ?? count++;
      owned.add(step);
    }
  });
  return count;
}

class Writer {
  readonly #code: Word[] = [];
  readonly #descriptors: number[] = [];
  /** Positions in the code that hold offsets into the descriptors. */
  readonly #fixups: number[] = [];

  constructor(
    private readonly program: TileProgram,
    private readonly buffers: number,
  ) {}

  words(): Word[] {
    const { preamble, inputs, cycles, tile, direct, stores, result } = this.program;
    for (const step of preamble) this.#step(step);
    this.#emit(Op.End);
    const pointers = [
      ...inputs.flatMap((step) => [register(step), step.word]),
      ...[...direct].flatMap(([step, address]) => [register(step), address]),
      ...cycles.flatMap((step) => [register(step), step.word, step.period!]),
    ];
    const codeStart = HEADER_WORDS + pointers.length;
    const tileStart = codeStart + this.#code.length;
    for (const step of tile) this.#step(step);
    for (const { step, address, descriptor } of stores) {
      if (descriptor) this.#emit(Op.StoreAccess, register(step), address, this.#describe(descriptor));
      else this.#emit(Op.Store, register(step), address);
    }
    this.#emit(Op.End);

    const header: Word[] = [];
    header[Header.Tile] = tileStart;
    header[Header.Buffers] = this.buffers;
    header[Header.Splats] = preamble.length;
    header[Header.Inputs] = inputs.length;
    header[Header.Outputs] = direct.size;
    header[Header.Cycles] = cycles.length;
    header[Header.Result] = result ? register(result) : 0;
    const descriptors = codeStart + this.#code.length;
    for (const at of this.#fixups) this.#code[at] = descriptors + Number(this.#code[at]);
    return [...header, ...pointers, ...this.#code, ...this.#descriptors];
  }

  #step({ op, args, word, descriptor, register: number }: TileStep): void {
    const to = number * REGISTER_BYTES;
    switch (op) {
      case Op.Constant:
      case Op.Broadcast:
        this.#emit(op, to, word);
        break;
      case Op.LoadAccess:
      case Op.Index:
        this.#emit(op, to, word, this.#describe(descriptor!));
        break;
      case Op.Random:
        this.#emit(Op.Index, to, word, this.#describe(descriptor!));
        this.#emit(op, to, ...args.map(register));
        break;
      default:
        this.#emit(op, to, ...args.map(register));
    }
  }

  #emit(...words: Word[]): void {
    const end = this.#code.length + INSTRUCTION_WORDS;
    this.#code.push(...words);
    while (this.#code.length < end) this.#code.push(0);
  }

  /** Offset of the descriptor among the descriptors; it is always an instruction's fourth word. */
  #describe(words: readonly number[]): number {
    this.#fixups.push(this.#code.length + 3);
    this.#descriptors.push(...words);
    return this.#descriptors.length - words.length;
  }
}

const register = (step: TileStep): number => step.register * REGISTER_BYTES;
