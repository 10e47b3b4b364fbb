import { describe, expect, it } from "vitest";
import { philox, philoxFill, Random } from "../../src/base/philox.ts";

/** The known answers that Random123 publishes (kat_vectors, philox4x32 with 10 rounds). */
const KNOWN = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

describe("philox4x32-10", () => {
  for (const { counter, key, words } of KNOWN) {
    it(`gives the published words for counter ${counter[0].toString(16)}`, () => {
      const out = new Uint32Array(4);
      philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
      expect([...out]).toEqual([...words]);
    });
  }

  it("numbers elements through blocks of four", () => {
    const filled = philoxFill(7, 11, 3, new Uint32Array(10));
    const block = new Uint32Array(4);
    philox(2, 0, 3, 0, 7, 11, block);
    expect([...filled.subarray(8)]).toEqual([...block.subarray(0, 2)]);
    expect([...philoxFill(7, 11, 3, new Uint32Array(6))]).toEqual([...filled.subarray(0, 6)]);
  });

  it("streams the same words one by one", () => {
    const random = new Random(7, 11, 3);
    const words = Array.from({ length: 10 }, () => random.bits());
    expect(words).toEqual([...philoxFill(7, 11, 3, new Uint32Array(10))]);
  });
});

describe("Random", () => {
  it("fills its ranges evenly", () => {
    const random = new Random(1);
    const counts = new Array<number>(10).fill(0);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      counts[random.below(10)]++;
      sum += random.uniform(-1, 1);
    }
    expect(Math.max(...counts.map((n) => Math.abs(n - 2000)))).toBeLessThan(200);
    expect(Math.abs(sum / 20_000)).toBeLessThan(0.02);
  });

  it("never reaches its upper end", () => {
    for (const n of [1, 3, 2 ** 31, 2 ** 32]) expect(Math.floor((0xffffffff * n) / 2 ** 32)).toBeLessThan(n);
  });

  it("rejects a seed that is not an integer", () => {
    expect(() => new Random(0.5)).toThrow("[random] seed must be an integer: got 0.5");
  });
});
