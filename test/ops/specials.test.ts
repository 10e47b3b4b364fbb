/**
 * NaN and infinities planted in the inputs of the op suite: every kernel, forced ones too, lets through what the float64
 * reference lets through. `npx vitest run test/ops/specials.test.ts -t "conv2d/valid with NaN"`.
 */
import { expect, it } from "vitest";
import type { Random } from "../../src/base/philox.ts";
import type { Case, Input } from "../support/case.ts";
import { type Excuse, sweep } from "../support/kernels.ts";
import { CASES } from "./cases.ts";

const THREADS = [2];

/** Replaces a random element by each of `specials`. */
function planted(input: Input, specials: readonly number[]): Input {
  if (input.dtype !== "float32") return input;
  const values = (random: Random, position: number): ArrayLike<number> => {
    const list = Array.from(input.values(random, position));
    for (const special of specials) if (list.length > 0) list[random.below(list.length)] = special;
    return list;
  };
  return { ...input, values };
}

type Numbers = ArrayLike<number>;

/**
 * A convolution multiplies its padding like any zero, so that where a kernel holds an infinity or NaN a border pixel may
 * be NaN (assembly/conv.ts): in channels that the reference spoils as well.
 */
const excusePadding: Excuse = (got, expected, { output, wrt }) => {
  const excused = (a: Numbers, b: Numbers, { shape }: { shape: readonly number[] }): Numbers => {
    const channels = shape[shape.length - 1];
    const spoiled = new Set(Array.from(b, (v, i) => (Number.isFinite(v) ? -1 : i % channels)));
    return Array.from(a, (v, i) => (Number.isNaN(v) && spoiled.has(i % channels) ? b[i] : v));
  };
  return {
    output: excused(got.output, expected.output, output),
    gradients: got.gradients.map((a, i) => excused(a, expected.gradients[i], wrt[i])),
    second: got.second,
  };
};

/** Its channels are not the last axis. */
const UNTOLD = "views/conv-of-permuted";

for (const c of CASES.filter(({ name }) => name !== UNTOLD)) {
  const floats = c.inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []));
  for (const [name, specials] of Object.entries({ NaN: [Number.NaN], infinities: [Infinity, -Infinity] })) {
    floats.slice(0, 3).forEach((at) => {
      const inputs = c.inputs.map((input, i) => (i === at ? planted(input, specials) : input));
      const spoiled: Case = { ...c, inputs, order: 0, torch: undefined };
      it(`${c.name} with ${name} in input ${at}`, async () => {
        const { problems } = await sweep(spoiled, THREADS, /conv/i.test(c.name) ? excusePadding : undefined);
        if (problems.length > 0) expect.fail(problems.join("\n"));
      });
    });
  }
}
