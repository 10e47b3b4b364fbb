/** The seed of the random numbers. */
import { afterAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";

afterAll(() => h.setSeed(0));

test.each([-1, 0.5, 2 ** 32, Number.NaN])("setSeed(%s) is refused", (seed) => {
  expect(() => h.setSeed(seed)).toThrow(`[setSeed] seed must be an integer in [0, 2^32): got ${seed}`);
});

test("setSeed takes the smallest and the largest seed", () => {
  for (const seed of [0, 2 ** 32 - 1]) {
    h.setSeed(seed);
    expect(h.randomState()).toEqual({ seed, counter: 0 });
  }
});
