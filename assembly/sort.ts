/**
 * Stable sort of lines with the indices of their elements. An element becomes a 64-bit word, its order-preserving key
 * above its index, so that every order of words is a stable order of elements: few words are sorted by insertion,
 * many by their key's bytes (least significant first).
 */
import { Element, LineParam } from "./arrayParams";
import { firstOfLine, lineEnd, lineStart } from "./lines";
import { param } from "./param";
import { KERNEL_SCRATCH } from "./program";

/** Below this length insertion is faster than counting. */
const FEW = 48;

export function sort(p: usize, chunk: i32, scratch: usize): void {
  const length = param(p, LineParam.Length), stride = <usize>param(p, LineParam.Inner) << 2;
  const element = param(p, LineParam.Element);
  const flip: u32 = param(p, LineParam.Variant) ? -1 : 0;
  const bytes = <usize>length << 3;
  let words = <usize>param(p, LineParam.Room);
  words = words ? words + <usize>chunk * 2 * bytes : scratch;
  for (let line = lineStart(p, chunk), end = lineEnd(p, chunk); line < end; line++) {
    const offset = firstOfLine(p, line);
    const input = <usize>param(p, LineParam.Input) + offset;
    for (let i = 0, at = input; i < length; i++, at += stride) {
      store<u64>(words + (<usize>i << 3), <u64>(keyOf(load<u32>(at), element) ^ flip) << 32 | i);
    }
    if (length <= FEW) insert(words, words + bytes);
    else countingSort(words, words + bytes, bytes, scratch + KERNEL_SCRATCH);
    const values = <usize>param(p, LineParam.Result) + offset, indices = <usize>param(p, LineParam.Indices) + offset;
    for (let i = 0, at: usize = 0; i < length; i++, at += stride) {
      const index = load<u32>(words + (<usize>i << 3));
      store<u32>(values + at, load<u32>(input + <usize>index * stride));
      store<u32>(indices + at, index);
    }
  }
}

/** A word whose unsigned order is the element's: zeros are equal, NaN is last. */
function keyOf(bits: u32, element: i32): u32 {
  if (element == Element.Uint) return bits;
  if (element == Element.Int) return bits ^ 0x80000000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0xffffffff;
  if (magnitude == 0) return 0x80000000;
  return bits >> 31 ? ~bits : bits ^ 0x80000000;
}

function insert(start: usize, end: usize): void {
  for (let i = start + 8; i < end; i += 8) {
    const word = load<u64>(i);
    let at = i;
    for (; at > start && load<u64>(at - 8) > word; at -= 8) store<u64>(at, load<u64>(at - 8));
    store<u64>(at, word);
  }
}

/** Four passes of 256 buckets between `words` and `other`; an even number, so that the result is in `words`. */
function countingSort(words: usize, other: usize, bytes: usize, counts: usize): void {
  for (let shift = 32; shift < 64; shift += 8) {
    memory.fill(counts, 0, 1024);
    for (let at = words; at < words + bytes; at += 8) {
      const bucket = bucketOf(counts, load<u64>(at), shift);
      store<u32>(bucket, load<u32>(bucket) + 8);
    }
    let start: u32 = 0;
    for (let bucket = counts; bucket < counts + 1024; bucket += 4) {
      const count = load<u32>(bucket);
      store<u32>(bucket, start);
      start += count;
    }
    for (let at = words; at < words + bytes; at += 8) {
      const word = load<u64>(at);
      const bucket = bucketOf(counts, word, shift);
      const to = load<u32>(bucket);
      store<u64>(other + to, word);
      store<u32>(bucket, to + 8);
    }
    const swap = words;
    words = other;
    other = swap;
  }
}

// @ts-ignore: decorator
@inline
function bucketOf(counts: usize, word: u64, shift: i32): usize {
  return counts + (<usize>(word >> shift & 255) << 2);
}
