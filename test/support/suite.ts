/**
 * Runs one case on the current device and says what is wrong. No test runner and no Node here: a page runs it as well.
 */
import { sizeOf } from "../../src/base/shape.ts";
import { type Case, type H, inputsOf, opOf, seedPattern, type Tensor, weightPattern } from "./case.ts";
import type { Check, Method } from "./checks.ts";
import { EXPECTED_FAILURES } from "./expectations.ts";
import { checkDerivatives, type Recording, type Results, record, referenceOf } from "./reference.ts";
import { difference, fixtureTolerance, largestOf, type Tolerance, tolerance } from "./tolerance.ts";

/** `reference` evaluates the recorded graph in float64; the others are devices of the runtime. */
export type DeviceName = "reference" | "wasm1" | "wasm2" | "webgpu";

/** A number, or `NaN`, `Infinity`, `-Infinity`. */
type Portable = number | string;

/** PyTorch's results in float64, and the error of its float32. See `tools/fixtures/make_ops.py`. */
export interface Fixture {
  readonly torch: string;
  readonly shape: readonly number[];
  readonly output: readonly Portable[];
  readonly error: number;
  readonly gradients?: readonly (readonly Portable[])[];
  readonly gradientErrors?: readonly number[];
}

/** The problems of a case (none: it passes), and the checks that were made. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly checked?: Omit<Check, "on">;
}

/** The case on the current device of the runtime: its output read lazily, and all of it as compiled plans. */
export async function compute(
  h: H,
  c: Case,
  { output, gradients, second }: Recording,
): Promise<[Results, Results]> {
  const { shape } = output;
  const inputs = inputsOf(c).map((data, i) => {
    const { shape, dtype } = c.inputs[i];
    return h.tensor(data, { shape, dtype });
  });
  const seed = h.tensor(seedPattern(sizeOf(shape)), { shape });
  const ofInputs = (x: readonly Tensor[]) => c.differentiable.map((i) => x[i]);
  const gradientsAt =
    (x: readonly Tensor[]) =>
    (wrt: readonly Tensor[], dy: Tensor): readonly Tensor[] =>
      h.grad((wrt: readonly Tensor[]) => {
        const replaced = x.map((original, i) => wrt[c.differentiable.indexOf(i)] ?? original);
        return c
          .run(h, ...replaced)
          .mul(dy)
          .sum();
      })(wrt);
  const first = (...x: Tensor[]): Tensor[] => [
    c.run(h, ...x),
    ...(gradients.length > 0 ? gradientsAt(x)(ofInputs(x), seed) : []),
  ];
  const again = (...x: Tensor[]): Tensor[] => {
    const weighted = ({ wrt, dy }: { wrt: readonly Tensor[]; dy: Tensor }): Tensor =>
      gradientsAt(x)(wrt, dy)
        .map((g) => g.mul(h.tensor(weightPattern(g.size), { shape: g.shape })).sum())
        .reduce((sum, term) => sum.add(term));
    const { wrt, dy } = h.grad(weighted)({ wrt: ofInputs(x), dy: seed });
    return [...wrt, dy];
  };

  const lazy = c.run(h, ...inputs);
  const [firsts, seconds] = [
    await evaluate(h, c, first, inputs),
    second.length > 0 ? await evaluate(h, c, again, inputs) : [],
  ];
  const results = [lazy, ...firsts, ...seconds];
  const [read, value, ...derivatives] = await Promise.all(results.map((t) => t.data()));
  for (const t of [...inputs, seed, ...results]) t.dispose();
  return [
    { output: read, gradients: [], second: [] },
    {
      output: value,
      gradients: derivatives.slice(0, gradients.length),
      second: derivatives.slice(gradients.length),
    },
  ];
}

async function evaluate(
  h: H,
  { isLazy }: Case,
  fn: (...x: Tensor[]) => Tensor[],
  inputs: readonly Tensor[],
): Promise<readonly Tensor[]> {
  if (isLazy) return fn(...inputs);
  const compiled = h.jit(fn);
  const results = await compiled(...inputs);
  compiled.dispose();
  return results;
}

/**
 * The rows whose second derivatives are compared on slow devices too: the first smooth one of each op. New kernels take
 * long to compile there.
 */
export function firstSmooth(cases: readonly Case[]): ReadonlySet<Case> {
  const smooth = cases.filter(({ order, differentiable }) => order === 2 && differentiable.length > 0);
  return new Set(new Map(smooth.toReversed().map((c) => [opOf(c.name), c])).values());
}

export interface VerdictOptions {
  readonly fixture?: Fixture;
  /** Compares second derivatives too, where the case is smooth. Default true. */
  readonly second?: boolean;
}

async function runCase(h: H, c: Case, device: DeviceName, options: VerdictOptions): Promise<Verdict> {
  const { fixture, second = true } = options;
  const recording = record(h, second ? c : { ...c, order: Math.min(c.order, 1) as Case["order"] });
  const expected = referenceOf(recording);
  const { shape, dtype } = recording.output;
  const onReference = device === "reference";
  const [lazy, got] = onReference ? [expected, expected] : await compute(h, c, recording);
  const problems = compare(c, recording, [lazy, got], expected);
  if (onReference) problems.push(...checkDerivatives(c, recording));
  if (fixture) problems.push(...compareFixture(shape, got, fixture).map((p) => `PyTorch: ${p}`));
  const how = { onReference, second: recording.second.length > 0, torch: fixture !== undefined };
  return { problems, checked: checkedOf(c, dtype, how) };
}

/** How what `compute` gave differs from what is expected. */
export function compare(
  c: Case,
  { output: { shape, dtype } }: Recording,
  [lazy, got]: readonly [Results, Results],
  expected: Results,
): string[] {
  const shapes = [shape, ...c.inputs.map((x) => x.shape)];
  const op = opOf(c.name);
  const problems = compareAll(got, expected, (part) => tolerance(op + SUFFIX[part], dtype, shapes));
  const read = difference(lazy.output, expected.output, tolerance(op, dtype, shapes));
  return read ? [...problems, `output read lazily, ${read}`] : problems;
}

/** The checks that a passing case has made. */
function checkedOf(
  c: Case,
  dtype: string,
  { onReference, second, torch: hasFixture }: { onReference: boolean; second: boolean; torch: boolean },
): Verdict["checked"] {
  const name = opOf(c.name);
  const torch: Method[] = hasFixture ? ["pytorch"] : [];
  const forward: Method[] = [onReference ? "definition" : "reference", ...torch];
  const floats = c.inputs.some((input) => input.dtype === "float32");
  if (dtype !== "float32" || !floats)
    return { name, forward, why: c.why ?? (floats ? `gives ${dtype}` : "takes no float32") };
  if (c.differentiable.length === 0) return { name, forward, why: c.why };
  const how: Method = onReference ? "differences" : "reference";
  const gradient = onReference && c.order === 0 ? torch : [how, ...torch];
  return { name, forward, gradient, second: second ? [how] : [], why: c.why };
}

const SUFFIX = { output: "", gradient: ".grad", "second derivative": ".second" } as const;
type Part = keyof typeof SUFFIX;

function compareAll(got: Results, expected: Results, bound: (part: Part, i: number) => Tolerance): string[] {
  const compareEach = (part: Part, a: Results["second"], b: Results["second"]): string[] =>
    b.flatMap((values, i) => {
      const problem = difference(a[i], values, bound(part, i));
      return problem ? [`${part}${part === "output" ? "" : ` ${i}`}, ${problem}`] : [];
    });
  return [
    ...compareEach("output", [got.output], [expected.output]),
    ...compareEach("gradient", got.gradients, expected.gradients),
    ...compareEach("second derivative", got.second, expected.second),
  ];
}

function compareFixture(shape: readonly number[], got: Results, fixture: Fixture): string[] {
  if (shape.join() !== fixture.shape.join()) return [`shape [${shape}] for [${fixture.shape}]`];
  const expected = {
    output: fixture.output.map(Number),
    gradients: got.gradients.map((_, i) => fixture.gradients?.[i]?.map(Number) ?? []),
    second: [],
  };
  return compareAll(got, expected, (part, i) =>
    part === "output"
      ? fixtureTolerance(fixture.error, largestOf(expected.output))
      : fixtureTolerance(fixture.gradientErrors?.[i] ?? 0, largestOf(expected.gradients[i])),
  );
}

/** What PyTorch computed for a case that asks it; undefined while the fixture has not been made for its expression. */
export function fixtureOf(c: Case, fixtures: Readonly<Record<string, Fixture>>): Fixture | undefined {
  const fixture = fixtures[c.name];
  return c.torch !== undefined && fixture?.torch === c.torch ? fixture : undefined;
}

/** Runs a case on the current device; turned round where the expectations list a deviation. */
export async function verdict(
  h: H,
  c: Case,
  device: DeviceName,
  options: VerdictOptions = {},
): Promise<Verdict> {
  const found = await runCase(h, c, device, options).catch((error: unknown) => ({
    problems: [String(error)],
  }));
  const reason = EXPECTED_FAILURES[`${c.name}/${device}`];
  if (reason === undefined) return found;
  return { problems: found.problems.length > 0 ? [] : [`passes, though it is expected to fail: ${reason}`] };
}
