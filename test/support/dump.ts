/** Prints the cases that PyTorch can compute, with their inputs, as JSON: what `tools/fixtures/make_ops.py` reads. */
import { CASES } from "../ops/cases.ts";
import { inputsOf, seedPattern } from "./case.ts";

/** A number, or its name where JSON loses it. */
const portable = (v: number): number | string =>
  Object.is(v, -0) ? "-0" : Number.isFinite(v) ? v : String(v);

const rows = CASES.filter((c) => c.torch !== undefined).map((c) => ({
  name: c.name,
  torch: c.torch,
  differentiable: c.differentiable,
  inputs: inputsOf(c).map((values, i) => ({
    shape: c.inputs[i].shape,
    dtype: c.inputs[i].dtype,
    values: Array.from(values, portable),
  })),
}));

console.log(JSON.stringify({ seedPattern: Array.from(seedPattern(4096)), rows }));
