/**
 * The tile interpreter: runs a fused elementwise program (see opcodes.ts) over a range of its flat iteration space,
 * TILE elements at a time, with every intermediate in cache. An instruction costs a dispatch per tile, a few
 * nanoseconds; dense values are read and written in place.
 *
 * Its registers live in the second half of the thread's scratch memory, so that a kernel may run a program in its
 * midst. Blocks may read up to 60 bytes past a value, never write past it.
 */
import { copyRun, indexTile, loadTile, storeTile } from "./access";
import { binary } from "./binary";
import {
  BLOCK, BLOCK_ELEMENTS, HEADER_WORDS, Header, INSTRUCTION_WORDS, MAX_REGISTERS, MAX_SPLATS, Op, REGISTER_BYTES, TILE,
} from "./opcodes";
import { random } from "./philox";
import { PROGRAM_SCRATCH } from "./scratch";
import { quaternary, ternary, ternaryWithSplats } from "./ternary";
import { unary } from "./unary";

const SPLATS: usize = MAX_REGISTERS * REGISTER_BYTES;
const INDICES: usize = SPLATS + MAX_SPLATS * BLOCK;
const BUFFERS: usize = INDICES + 256;
/** An odd number of cache lines, so that buffers do not compete for the same sets. */
const BUFFER_BYTES: usize = TILE * 4 + BLOCK;
const CYCLE_BYTES: usize = 12;

/** Scratch for kernels that run programs: 64 KiB behind the registers. */
export const KERNEL_SCRATCH: usize = PROGRAM_SCRATCH + 458752;

/** Runs `program` over elements [start, start + count). */
export function runProgram(program: usize, start: i32, count: i32, scratch: usize): void {
  runRows(program, start, count, 1, 0, scratch);
}

/** Runs `program` over `rows` ranges of `count` elements, the first of each `pitch` behind the last one's. */
export function runRows(program: usize, start: i32, count: i32, rows: i32, pitch: i32, scratch: usize): void {
  const registers = prepare(program, scratch);
  for (let row = 0; row < rows; row++, start += pitch) {
    const end = start + count;
    for (let i = start; i < end; i += TILE) runTile(program, i, min(end - i, TILE), registers);
  }
}

/** Sets up the registers of `program` for the tiles that follow; returns their table. */
export function prepare(program: usize, scratch: usize): usize {
  const registers = scratch + PROGRAM_SCRATCH;
  const buffers = header(program, Header.Buffers), splats = header(program, Header.Splats);
  const pointers = header(program, Header.Inputs) + header(program, Header.Outputs);
  let entry = registers;
  for (let i = 0; i < buffers; i++, entry += REGISTER_BYTES) {
    store<usize>(entry, bufferOf(entry, registers));
    store<usize>(entry, BLOCK, 4);
  }
  for (let i = 0; i < splats; i++, entry += REGISTER_BYTES) {
    store<usize>(entry, registers + SPLATS + <usize>i * BLOCK);
    store<usize>(entry, 0, 4);
  }
  const lists = program + HEADER_WORDS * 4;
  let code = lists + (<usize>pointers << 3);
  const cycles = code;
  code += <usize>header(program, Header.Cycles) * CYCLE_BYTES;
  for (let list = lists; list < cycles; list += 8) store<usize>(registers + load<usize>(list), BLOCK, 4);
  for (let list = cycles, i = 0; list < code; list += CYCLE_BYTES, i++) {
    store<usize>(registers + load<usize>(list), BLOCK, 4);
    const period = load<i32>(list, 8);
    if (period <= TILE) repeat(cycleOf(i, buffers, registers), load<usize>(list, 4), period);
  }
  execute(program, code, 0, BLOCK_ELEMENTS, registers);
  return registers;
}

/** Lays out the `period` elements at `from` over and over, so that a tile may begin with any of them. */
function repeat(to: usize, from: usize, period: i32): void {
  copyRun(to, from, period);
  for (let missing = TILE + BLOCK_ELEMENTS; missing > 0; missing -= period) {
    const next = to + (<usize>period << 2);
    copyRun(next, to, min(period, missing));
    to = next;
  }
}

/** `count` elements from `at` on of a period longer than a tile: where they lie, or a copy that begins it again. */
function stretch(from: usize, period: i32, at: i32, count: i32, copy: usize): usize {
  const address = from + (<usize>at << 2), left = period - at;
  if (count <= left) return address;
  copyRun(copy, address, left);
  copyRun(copy + (<usize>left << 2), from, count - left);
  return copy;
}

/** Address of the laid-out periods of repeating input `index`, behind the buffers. */
function cycleOf(index: i32, buffers: i32, registers: usize): usize {
  return registers + BUFFERS + <usize>(buffers + 2 * index) * BUFFER_BYTES;
}

/** Runs one tile, after {@link prepare}. */
export function runTile(program: usize, start: i32, count: i32, registers: usize): void {
  const offset = <usize>start << 2;
  const inputs = program + HEADER_WORDS * 4;
  const outputs = inputs + (<usize>header(program, Header.Inputs) << 3);
  const end = outputs + (<usize>header(program, Header.Outputs) << 3);
  const ragged = (count & BLOCK_ELEMENTS - 1) != 0;
  for (let list = inputs; list < outputs; list += 8) {
    store<usize>(registers + load<usize>(list), load<usize>(list, 4) + offset);
  }
  // Operations would write past the end of a ragged tile, so it goes by way of the registers' buffers.
  for (let list = outputs; list < end; list += 8) {
    const entry = registers + load<usize>(list);
    store<usize>(entry, ragged ? bufferOf(entry, registers) : load<usize>(list, 4) + offset);
  }
  const cycles = header(program, Header.Cycles), buffers = header(program, Header.Buffers);
  for (let i = 0, list = end; i < cycles; i++, list += CYCLE_BYTES) {
    const period = load<i32>(list, 8), at = start % period, cycle = cycleOf(i, buffers, registers);
    store<usize>(
      registers + load<usize>(list),
      period <= TILE ? cycle + (<usize>at << 2) : stretch(load<usize>(list, 4), period, at, count, cycle),
    );
  }
  execute(program, program + (<usize>header(program, Header.Tile) << 2), start, count, registers);
  if (!ragged) return;
  for (let list = outputs; list < end; list += 8) {
    copyRun(load<usize>(list, 4) + offset, load<usize>(registers + load<usize>(list)), count);
  }
}

function header(program: usize, word: Header): i32 {
  return load<i32>(program + (word << 2));
}

function bufferOf(entry: usize, registers: usize): usize {
  return registers + BUFFERS + (entry - registers) / REGISTER_BYTES * BUFFER_BYTES;
}

/** Bytes of the blocks that hold `count` elements. */
function blockBytes(count: i32): usize {
  return <usize>(count + BLOCK_ELEMENTS - 1 & -BLOCK_ELEMENTS) << 2;
}

/** Address of the program's result for the tile just run. */
export function result(program: usize, registers: usize): usize {
  return load<usize>(registers + load<usize>(program, Header.Result << 2));
}

function execute(program: usize, at: usize, start: i32, count: i32, registers: usize): void {
  const bytes = blockBytes(count);
  for (;; at += INSTRUCTION_WORDS * 4) {
    const op = load<i32>(at);
    const first = registers + load<usize>(at, 4);
    if (op < Op.FirstUnary) {
      if (op == Op.End) return;
      access(op, program, at, first, start, count, registers);
      continue;
    }
    const to = load<usize>(first);
    const a = registers + load<usize>(at, 8);
    if (op < Op.FirstBinary) {
      unary(op, to, to + bytes, load<usize>(a), load<usize>(a, 4));
      continue;
    }
    const b = registers + load<usize>(at, 12);
    if (op < Op.FirstTernary) {
      binary(op, to, to + bytes, load<usize>(a), load<usize>(a, 4), load<usize>(b), load<usize>(b, 4));
      continue;
    }
    const c = registers + load<usize>(at, 16);
    const pa = load<usize>(a), sa = load<usize>(a, 4), pb = load<usize>(b), sb = load<usize>(b, 4);
    const pc = load<usize>(c), sc = load<usize>(c, 4);
    if (op < Op.FirstQuaternary) {
      ternary(op, to, to + bytes, pa, sa, pb, sb, pc, sc);
      continue;
    }
    const d = registers + load<usize>(at, 20);
    const pd = load<usize>(d);
    if (op < Op.FirstSplats) quaternary(op, to, to + bytes, pa, sa, pb, sb, pc, sc, pd, load<usize>(d, 4));
    else {
      const pe = load<usize>(registers + load<usize>(at, 24));
      ternaryWithSplats(op, to, to + bytes, pa, sa, pb, sb, pc, sc, pd, pe);
    }
  }
}

/** Instructions that move data: `entry` is the first operand's place in the register table. */
function access(
  op: i32, program: usize, pc: usize, entry: usize, start: i32, count: i32, registers: usize,
): void {
  const address = load<usize>(pc, 8);
  const dense = address + (<usize>start << 2);
  const descriptor = program + (load<usize>(pc, 12) << 2);
  const pointer = load<usize>(entry);
  switch (op) {
    case Op.Constant: return splat(pointer, <i32>address);
    case Op.Broadcast: return splat(pointer, load<i32>(address));
    case Op.Store: return storeDense(dense, pointer, load<usize>(entry, 4), count);
    case Op.StoreAccess: return storeTile(pointer, address, descriptor, start, count, registers + INDICES);
    case Op.LoadAccess: return loadTile(pointer, address, descriptor, start, count, registers + INDICES);
    case Op.Index: return indexTile(pointer, <i32>address, descriptor, start, count, registers + INDICES);
    case Op.Random: {
      return random(
        pointer, pointer + blockBytes(count),
        load<usize>(registers + load<usize>(pc, 8)), load<usize>(registers + load<usize>(pc, 12)),
        load<usize>(registers + load<usize>(pc, 16)), registers + INDICES,
      );
    }
    default: unreachable();
  }
}

function splat(to: usize, word: i32): void {
  const x = i32x4.splat(word);
  v128.store(to, x);
  v128.store(to, x, 16);
  v128.store(to, x, 32);
  v128.store(to, x, 48);
}

function storeDense(to: usize, from: usize, step: usize, count: i32): void {
  if (step != 0) return copyRun(to, from, count);
  const word = load<i32>(from);
  for (const end = to + (count << 2); to < end; to += 4) store<i32>(to, word);
}
