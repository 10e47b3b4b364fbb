/**
 * Random words over a tile: Philox4x32-10 (Salmon et al., SC 2011), four blocks at once. Element i is word i & 3 of
 * block (i >> 2, 0, counter, 0) under (key0, key1), as in src/base/philox.ts.
 */

/** Four blocks by their first counter words; writes words 0, 1, 2, 3 of all four as four vectors. */
function blocks(to: usize, c0: v128, key0: v128, key1: v128, counter: v128): void {
  const m0 = i32x4.splat(0xd2511f53), m1 = i32x4.splat(0xcd9e8d57);
  let c1 = i32x4.splat(0), c2 = counter, c3 = c1;
  for (let round = 0; round < 10; round++) {
    // 64-bit products of the first and the last two lanes; their lower words are the even ones.
    const a = i64x2.extmul_low_i32x4_u(c0, m0), b = i64x2.extmul_high_i32x4_u(c0, m0);
    const c = i64x2.extmul_low_i32x4_u(c2, m1), d = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(i32x4.shuffle(c, d, 1, 3, 5, 7), v128.xor(c1, key0));
    c1 = i32x4.shuffle(c, d, 0, 2, 4, 6);
    c2 = v128.xor(i32x4.shuffle(a, b, 1, 3, 5, 7), v128.xor(c3, key1));
    c3 = i32x4.shuffle(a, b, 0, 2, 4, 6);
    key0 = i32x4.add(key0, i32x4.splat(0x9e3779b9));
    key1 = i32x4.add(key1, i32x4.splat(0xbb67ae85));
  }
  v128.store(to, c0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
}

/** Whether 16 element indices are consecutive and begin a block. */
// @ts-ignore: decorator
@inline
function consecutive(at: usize): bool {
  const first = load<i32>(at);
  const from = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  let same = i32x4.eq(v128.load(at), from);
  same = v128.and(same, i32x4.eq(v128.load(at, 16), i32x4.add(from, i32x4.splat(4))));
  same = v128.and(same, i32x4.eq(v128.load(at, 32), i32x4.add(from, i32x4.splat(8))));
  same = v128.and(same, i32x4.eq(v128.load(at, 48), i32x4.add(from, i32x4.splat(12))));
  return (first & 3) == 0 && i32x4.all_true(same);
}

/**
 * Replaces the element indices in [at, end), whole blocks, by their random words. The keys and the counter are
 * addresses of splats; `room` is 64 bytes.
 */
export function random(at: usize, end: usize, keys0: usize, keys1: usize, counters: usize, room: usize): void {
  const key0 = v128.load(keys0), key1 = v128.load(keys1), counter = v128.load(counters);
  while (at < end) {
    if (consecutive(at)) {
      blocks(room, i32x4.add(i32x4.splat(load<u32>(at) >> 2), i32x4(0, 1, 2, 3)), key0, key1, counter);
      const a = v128.load(room), b = v128.load(room, 16), c = v128.load(room, 32), d = v128.load(room, 48);
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
      v128.store(at, i64x2.shuffle(ab0, cd0, 0, 2));
      v128.store(at, i64x2.shuffle(ab0, cd0, 1, 3), 16);
      v128.store(at, i64x2.shuffle(ab1, cd1, 0, 2), 32);
      v128.store(at, i64x2.shuffle(ab1, cd1, 1, 3), 48);
      at += 64;
    } else {
      for (const next = at + 64; at < next;) {
        blocks(room, i32x4.shr_u(v128.load(at), 2), key0, key1, counter);
        for (let lane: usize = 0; lane < 16; lane += 4, at += 4) {
          store<u32>(at, load<u32>(room + <usize>((load<u32>(at) & 3) << 4) + lane));
        }
      }
    }
  }
}
