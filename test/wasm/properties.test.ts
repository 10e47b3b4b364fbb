/**
 * Random shapes and options of every family of kernels, against the float64 reference, under every forced choice of
 * kernels that concerns them, and on 1 to 4 threads, which must agree bit by bit. A test that fails names its seed:
 * `npx vitest run test/wasm/properties.test.ts -t "conv2d/seed-7"`.
 */
import { expect, it } from "vitest";
import { sweep } from "../support/kernels.ts";
import { Random } from "./contraction.ts";
import { FAMILIES } from "./families.ts";

const THREADS = [1, 2, 3, 4];
/** Of each family; more by `HEDDLE_SEEDS=200`. */
const SEEDS = Number(process.env.HEDDLE_SEEDS ?? 8);

for (const [name, family] of Object.entries(FAMILIES)) {
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`${name}/seed-${seed}`, async () => {
      const random = new Random(seed * 7919);
      const { problems } = await sweep(family(`${name}/seed-${seed}`, random), THREADS);
      if (problems.length > 0) expect.fail(problems.join("\n"));
    });
  }
}
