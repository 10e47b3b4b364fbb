/**
 * A segment in linear memory: one block of words (scalars, commands, their parameters, tile programs), then the cache
 * of prepacked constants. A binding that has moved patches the words that hold its address, and commands whose memory
 * then overlaps get a barrier. A call with the bindings of the last one patches scalars only, and allocates nothing.
 */
import { COMMAND_WORDS, CommandWord } from "../../../assembly/layout.ts";
import { BYTES_PER_ELEMENT, type DType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import type { Segment } from "../../kernel/types.ts";
import type { BufferView, Executable } from "../types.ts";
import { Barriers } from "./barriers.ts";
import { addressOf } from "./buffer.ts";
import type { Command, ProgramAddress, Word } from "./command.ts";
import { numberWord } from "./encode.ts";
import type { Run } from "./engine.ts";
import { alignUp } from "./heap.ts";
import type { KernelChoices } from "./lower/context.ts";
import { lowerSegment } from "./lower/segment.ts";

/**
 * Flops and bytes moved (0.03 to 0.1 ms of one thread) below which workers are not called: one takes about 0.04 ms to
 * wake up on a busy machine, and thread 0 is done before.
 */
const MIN_PARALLEL_WORK = 1 << 18;

export class WasmExecutable implements Executable {
  readonly workspaceBytes: number;
  /** The engine's failures when the prepack last ran; −1 while it is still to be run. */
  failures = -1;
  readonly #layout: Layout;
  readonly #barriers: Barriers;
  /** Of the cache, which lies behind the words. */
  readonly #cacheBytes: number;
  readonly #prepack: Run;
  readonly #run: Run;
  readonly #scalars: readonly DType[];
  /** Address of each value, then of the workspace, as the words hold them now. */
  readonly #bound: Float64Array;
  readonly #scalarWords: Int32Array;
  readonly #waits: Uint8Array;
  #address = 0;

  constructor(
    readonly segment: Segment,
    choices?: KernelChoices,
  ) {
    const { prepack, commands, ends, workspaceBytes, cacheBytes } = lowerSegment(segment, choices);
    this.workspaceBytes = workspaceBytes;
    this.#cacheBytes = cacheBytes;
    this.#layout = new Layout(segment, prepack, commands);
    this.#barriers = new Barriers(commands, segment.values);
    this.#scalars = segment.scalars;
    this.#scalarWords = new Int32Array(segment.scalars.length);
    this.#bound = new Float64Array(segment.values.length + 1).fill(-1);
    this.#waits = new Uint8Array(commands.length);
    const relocations = this.#layout.relocations.reduce((sum, list) => sum + list.length / 2, 0);
    const most = relocations + segment.scalars.length + commands.length;
    const isWorth = isWorthWorkers(segment, choices);
    const patches = new Int32Array(2 * most);
    const runOf = (list: readonly Command[], ends: readonly number[]): Run => ({
      list: 0,
      count: list.length,
      parallel: isWorth && list.some(({ chunks }) => chunks > 1),
      patches,
      patched: 0,
      ends,
    });
    this.#prepack = runOf(prepack, []);
    this.#run = runOf(commands, ends);
  }

  /** Bytes of the block. */
  get bytes(): number {
    return alignUp(this.#layout.words.length * 4) + this.#cacheBytes;
  }

  /** The prepack, to run before the prepared run when a constant has changed; it takes the patches over. */
  preparePrepack(): Run | undefined {
    if (this.#prepack.count === 0) return undefined;
    this.#prepack.patched = this.#run.patched;
    this.#run.patched = 0;
    return this.#prepack;
  }

  get address(): number {
    return this.#address;
  }

  /** The words of the block at its address, before any binding. */
  place(address: number): Int32Array {
    this.#address = address;
    this.#prepack.list = address + this.#layout.prepackStart * 4;
    this.#run.list = address + this.#layout.commandStart * 4;
    const words = Int32Array.from(this.#layout.words);
    for (const at of this.#layout.internal) words[at] = address + words[at] * 4;
    for (const at of this.#layout.cache) words[at] += address + alignUp(words.length * 4);
    return words;
  }

  /** Notes what differs from the last call as patches; returns the list to run. */
  prepare(bind: readonly BufferView[], scalars: ArrayLike<number>, workspace: number): Run {
    try {
      return this.#prepare(bind, scalars, workspace);
    } catch (error) {
      // Patches noted so far are lost: the next call writes them all again.
      this.#bound.fill(-1);
      throw error;
    }
  }

  #prepare(bind: readonly BufferView[], scalars: ArrayLike<number>, workspace: number): Run {
    this.#run.patched = 0;
    let moved = this.#rebind(this.segment.values.length, workspace);
    for (let i = 0; i < this.segment.values.length; i++) {
      if (this.#rebind(i, addressOf(bind[i]))) {
        checkSize(bind[i], this.segment.values[i].size, i);
        moved = true;
      }
    }
    if (moved) this.#updateWaits();
    for (let i = 0; i < this.#scalars.length; i++) {
      const word = numberWord(this.#scalars[i], scalars[i]);
      if (word === this.#scalarWords[i]) continue;
      this.#scalarWords[i] = word;
      this.#patch(i, word);
    }
    return this.#run;
  }

  #rebind(binding: number, address: number): boolean {
    if (this.#bound[binding] === address) return false;
    this.#bound[binding] = address;
    const list = this.#layout.relocations[binding];
    for (let i = 0; i < list.length; i += 2) this.#patch(list[i], address + list[i + 1]);
    return true;
  }

  #updateWaits(): void {
    const { waits } = this.#barriers;
    this.#barriers.update(this.#bound);
    for (let i = 0; i < waits.length; i++) {
      if (waits[i] === this.#waits[i]) continue;
      this.#waits[i] = waits[i];
      this.#patch(this.#layout.commandStart + i * COMMAND_WORDS + CommandWord.Waits, waits[i]);
    }
  }

  #patch(at: number, word: number): void {
    const { patches } = this.#run;
    const i = 2 * this.#run.patched++;
    patches[i] = this.#address / 4 + at;
    patches[i + 1] = word;
  }
}

function isWorthWorkers({ kernels }: Segment, choices: KernelChoices | undefined): boolean {
  return (
    choices?.threads === "all" || kernels.reduce((n, k) => n + k.flops + k.bytes, 0) >= MIN_PARALLEL_WORK
  );
}

function checkSize(view: BufferView, size: number, value: number): void {
  if (view.bytes < size * BYTES_PER_ELEMENT) {
    fail("wasm", `value ${value} needs ${size * BYTES_PER_ELEMENT} bytes: got a view of ${view.bytes}`);
  }
}

/** The words of a block by position, and where addresses have to be put in. */
class Layout {
  readonly words: number[] = [];
  readonly prepackStart: number;
  readonly commandStart: number;
  /** Per value, and last for the workspace: pairs of word index and byte offset. */
  readonly relocations: readonly number[][];
  /** Positions of words that hold a position in the block, to become an address. */
  readonly internal: number[] = [];
  /** Positions of words that hold an offset into the cache. */
  readonly cache: number[] = [];
  readonly #programs = new Map<ProgramAddress, number>();

  constructor({ values, scalars }: Segment, prepack: readonly Command[], commands: readonly Command[]) {
    this.relocations = Array.from({ length: values.length + 1 }, () => []);
    this.#reserve(scalars.length);
    this.prepackStart = this.#list(prepack);
    this.commandStart = this.#list(commands);
  }

  #list(commands: readonly Command[]): number {
    const start = this.#reserve(commands.length * COMMAND_WORDS);
    commands.forEach((command, i) => {
      const at = start + i * COMMAND_WORDS;
      this.words[at + CommandWord.Kernel] = command.kernel;
      this.words[at + CommandWord.Chunks] = command.chunks;
      this.words[at + CommandWord.Parameters] = this.#place(command.params);
      this.internal.push(at + CommandWord.Parameters);
    });
    return start;
  }

  /** Appends zeros and returns where they begin. */
  #reserve(count: number): number {
    const start = this.words.length;
    for (let i = 0; i < count; i++) this.words.push(0);
    return start;
  }

  #place(words: readonly Word[]): number {
    const start = this.#reserve(words.length);
    words.forEach((word, i) => {
      this.words[start + i] = this.#resolve(word, start + i);
    });
    return start;
  }

  #resolve(word: Word, at: number): number {
    if (typeof word === "number") return word;
    switch (word.kind) {
      case "value":
        this.relocations[word.value].push(at, word.byteOffset);
        return 0;
      case "workspace":
        this.relocations[this.relocations.length - 1].push(at, word.byteOffset);
        return 0;
      case "cache":
        this.cache.push(at);
        return word.byteOffset;
      case "scalar":
        this.internal.push(at);
        return word.slot;
      case "program":
        this.internal.push(at);
        return this.#program(word);
    }
  }

  #program(program: ProgramAddress): number {
    const known = this.#programs.get(program);
    if (known !== undefined) return known;
    const start = this.#place(program.words);
    this.#programs.set(program, start);
    return start;
  }
}
