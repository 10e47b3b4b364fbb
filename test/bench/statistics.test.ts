import { describe, expect, it } from "vitest";
import { compare, confidence, median, speedup } from "../../bench/statistics.mjs";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("the statistics of benchmarks", () => {
  it("bounds a median by order statistics", () => {
    // Of the binomial distribution, e.g. Conover 1999, table A3.
    expect(confidence(range(6))).toEqual([0, 5]);
    expect(confidence(range(9))).toEqual([1, 7]);
    expect(confidence(range(15))).toEqual([3, 11]);
    expect(confidence(range(25))).toEqual([7, 17]);
  });

  it("compares round by round", () => {
    const drifting = [1, 2, 4, 8, 16, 32, 64];
    const rounds = (factor: number) => ({ rounds: drifting.map((ms) => ms * factor) });
    expect(compare(rounds(1.1), rounds(1)).verdict).toBe("slower");
    expect(compare(rounds(1), rounds(1.1)).verdict).toBe("faster");
    expect(compare(rounds(1.02), rounds(1)).verdict).toBe("same");
    expect(speedup(rounds(1), rounds(2))).toBe(2);
  });

  it("takes no part of the rounds for a regression", () => {
    const mine = { rounds: [2, 2, 2, 1, 1, 1, 1] };
    expect(compare(mine, { rounds: Array(7).fill(1) }).verdict).toBe("same");
  });

  it("gives no ratio for an engine that failed", () => {
    expect(speedup({ rounds: [1] }, { rounds: [1], failure: "off" })).toBeUndefined();
    expect(median([3, 1, 2, 10])).toBe(2.5);
  });
});
