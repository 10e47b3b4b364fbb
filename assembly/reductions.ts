/**
 * What reductions do with vectors: a class per row of Reduction, and the loops over them. A vector that is not full
 * is filled up with the identity, so that the same operation serves its last elements.
 */
import { Reduction } from "./opcodes";

class SumF { @inline lanes(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
class SumI { @inline lanes(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
class ProdF { @inline lanes(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
class ProdI { @inline lanes(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
class MaxF { @inline lanes(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
class MaxI { @inline lanes(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
class MaxU { @inline lanes(a: v128, b: v128): v128 { return i32x4.max_u(a, b); } }
class MinF { @inline lanes(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
class MinI { @inline lanes(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }
class MinU { @inline lanes(a: v128, b: v128): v128 { return i32x4.min_u(a, b); } }
class All { @inline lanes(a: v128, b: v128): v128 { return v128.and(a, b); } }

/** The word that changes nothing, by the rows of Reduction. */
const IDENTITIES = memory.data<i32>([
  0, 0, 0x3f800000, 1, 0xff800000, i32.MIN_VALUE, 0, 0x7f800000, i32.MAX_VALUE, -1, 1,
]);

// @ts-ignore: decorator
@inline
function identityOf(reduction: i32): v128 {
  return v128.load32_splat(IDENTITIES + (<usize>reduction << 2));
}

/** Reduces `count` elements into the four lanes at `total`; four accumulators hide the latency of an add. */
function reduceRun<F>(total: usize, from: usize, count: i32, identity: v128): void {
  const f = changetype<F>(0);
  let a = identity, b = a, c = a, d = a;
  const end = from + (<usize>count << 2);
  for (const whole = from + (<usize>(count & ~15) << 2); from < whole; from += 64) {
    a = f.lanes(a, v128.load(from));
    b = f.lanes(b, v128.load(from, 16));
    c = f.lanes(c, v128.load(from, 32));
    d = f.lanes(d, v128.load(from, 48));
  }
  for (; from + 16 <= end; from += 16) a = f.lanes(a, v128.load(from));
  for (; from < end; from += 4) b = f.lanes(b, v128.load_lane<u32>(from, identity, 0));
  v128.store(total, f.lanes(v128.load(total), f.lanes(f.lanes(a, b), f.lanes(c, d))));
}

/** Joins the four lanes at `total` into the word at `to`. */
function foldLanes<F>(to: usize, total: usize): void {
  const f = changetype<F>(0);
  let x = v128.load(total);
  x = f.lanes(x, i32x4.shuffle(x, x, 2, 3, 2, 3));
  x = f.lanes(x, i32x4.shuffle(x, x, 1, 1, 1, 1));
  v128.store_lane<u32>(to, x, 0);
}

/** total[i] = total[i] ∘ from[i], exactly `count` elements. */
function join<F>(total: usize, from: usize, count: i32): void {
  const f = changetype<F>(0);
  const end = total + (<usize>count << 2);
  for (; total + 16 <= end; total += 16, from += 16) {
    v128.store(total, f.lanes(v128.load(total), v128.load(from)));
  }
  for (; total < end; total += 4, from += 4) {
    v128.store_lane<u32>(total, f.lanes(v128.load32_zero(total), v128.load32_zero(from)), 0);
  }
}

enum Stage { Run, Fold, Join }

function take<F>(stage: Stage, to: usize, from: usize, count: i32, identity: v128): void {
  if (stage == Stage.Run) reduceRun<F>(to, from, count, identity);
  else if (stage == Stage.Fold) foldLanes<F>(to, from);
  else join<F>(to, from, count);
}

function choose(reduction: i32, stage: Stage, to: usize, from: usize, count: i32): void {
  const identity = identityOf(reduction);
  switch (reduction) {
    case Reduction.SumF: return take<SumF>(stage, to, from, count, identity);
    case Reduction.SumI: return take<SumI>(stage, to, from, count, identity);
    case Reduction.ProdF: return take<ProdF>(stage, to, from, count, identity);
    case Reduction.ProdI: return take<ProdI>(stage, to, from, count, identity);
    case Reduction.MaxF: return take<MaxF>(stage, to, from, count, identity);
    case Reduction.MaxI: return take<MaxI>(stage, to, from, count, identity);
    case Reduction.MaxU: return take<MaxU>(stage, to, from, count, identity);
    case Reduction.MinF: return take<MinF>(stage, to, from, count, identity);
    case Reduction.MinI: return take<MinI>(stage, to, from, count, identity);
    case Reduction.MinU: return take<MinU>(stage, to, from, count, identity);
    case Reduction.All: return take<All>(stage, to, from, count, identity);
    default: unreachable();
  }
}

/** Sets `count` elements, rounded up to whole vectors, to the identity. */
export function clearTotals(reduction: i32, totals: usize, count: i32): void {
  const identity = identityOf(reduction);
  for (const end = totals + (<usize>count << 2); totals < end; totals += 16) v128.store(totals, identity);
}

/** Reduces a run into the vector at `total`. */
export function addRun(reduction: i32, total: usize, from: usize, count: i32): void {
  choose(reduction, Stage.Run, total, from, count);
}

/** The vector at `total` as one word. */
export function foldTotal(reduction: i32, to: usize, total: usize): void {
  choose(reduction, Stage.Fold, to, total, 0);
}

/** Element by element, exactly `count`. */
export function joinTotals(reduction: i32, totals: usize, from: usize, count: i32): void {
  choose(reduction, Stage.Join, totals, from, count);
}
