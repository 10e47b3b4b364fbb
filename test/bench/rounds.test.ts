import { describe, expect, it } from "vitest";
import { roundsOf } from "../../bench/rounds.mjs";

describe("the rounds of benchmarks", () => {
  it("leaves slow engines out of the later ones", () => {
    expect([0, 0.01, 800, 1300, 2000, 5800, 25_000].map((ms) => roundsOf(ms, 9))).toEqual([
      9, 9, 9, 9, 6, 2, 1,
    ]);
  });
});
