/**
 * Runs one case on the current device and says what is wrong. No test runner and no Node here: a page runs it as well.
 */
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import { type Case, type H, inputsOf, opOf, seedPattern, type Tensor } from "./case.ts";
import { EXPECTED_FAILURES } from "./expectations.ts";
import { checkDerivatives, record, referenceOf } from "./reference.ts";
import { difference, fixtureTolerance, largestOf, tolerance } from "./tolerance.ts";

/** `reference` evaluates the recorded graph in float64; the others are devices of the runtime. */
export type DeviceName = "reference" | "wasm1" | "wasm2" | "webgpu";

/** A number, or `NaN`, `Infinity`, `-Infinity`. */
type Portable = number | string;

/** What PyTorch computed in float64, and how far its float32 was off. See `tools/fixtures/make_ops.py`. */
export interface Fixture {
  readonly torch: string;
  readonly shape: readonly number[];
  readonly output: readonly Portable[];
  readonly error: number;
  readonly gradients?: readonly (readonly Portable[])[];
  readonly gradientErrors?: readonly number[];
}

interface Results {
  readonly output: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
}

/** The case on the current device of the runtime: its output read lazily, and all of it as one compiled plan. */
async function compute(h: H, c: Case, shape: Shape, withGradients: boolean): Promise<[Results, Results]> {
  const inputs = inputsOf(c).map((data, i) => {
    const { shape, dtype } = c.inputs[i];
    return h.tensor(data, { shape, dtype });
  });
  const seed = h.tensor(seedPattern(sizeOf(shape)), { shape });
  const step = h.jit((...x: Tensor[]): Tensor[] => {
    const loss = (wrt: readonly Tensor[]): Tensor => {
      const replaced = x.map((original, i) => {
        const at = c.differentiable.indexOf(i);
        return at < 0 ? original : wrt[at];
      });
      return c
        .run(h, ...replaced)
        .mul(seed)
        .sum();
    };
    return [c.run(h, ...x), ...(withGradients ? h.grad(loss)(c.differentiable.map((i) => x[i])) : [])];
  });
  const lazy = c.run(h, ...inputs);
  const compiled = await step(...inputs);
  const [read, output, ...gradients] = await Promise.all([lazy, ...compiled].map((t) => t.data()));
  for (const t of [...inputs, seed, lazy, ...compiled]) t.dispose();
  step.dispose();
  return [
    { output: read, gradients: [] },
    { output, gradients },
  ];
}

/** What is wrong with a case on the current device; an empty list means it passes. */
export async function runCase(h: H, c: Case, device: DeviceName, fixture?: Fixture): Promise<string[]> {
  const recording = record(h, c);
  const expected = referenceOf(recording);
  const { shape, dtype } = recording.output;
  const withGradients = expected.gradients.length > 0;
  const onReference = device === "reference";
  const [lazy, got] = onReference ? [expected, expected] : await compute(h, c, shape, withGradients);

  const shapes = [shape, ...c.inputs.map((x) => x.shape)];
  const op = opOf(c.name);
  const problems = compareAll(got, expected, (part) =>
    tolerance(part === 0 ? op : `${op}.grad`, dtype, shapes),
  );
  const read = difference(lazy.output, expected.output, tolerance(op, dtype, shapes));
  if (read) problems.push(`output read lazily, ${read}`);
  if (onReference) problems.push(...checkDerivatives(c, recording));
  if (c.torch === undefined) return problems;
  return [...problems, ...compareFixture(c, shape, got, fixture).map((p) => `PyTorch: ${p}`)];
}

function compareAll(
  got: Results,
  expected: Results,
  bound: (part: number) => ReturnType<typeof tolerance>,
): string[] {
  const parts = [expected.output, ...expected.gradients];
  return parts.flatMap((values, part) => {
    const problem = difference(part === 0 ? got.output : got.gradients[part - 1], values, bound(part));
    return problem ? [`${part === 0 ? "output" : `gradient ${part - 1}`}, ${problem}`] : [];
  });
}

function compareFixture(c: Case, shape: readonly number[], got: Results, fixture?: Fixture): string[] {
  if (!fixture || fixture.torch !== c.torch)
    return ["the fixture is missing or old: run tools/fixtures/make_ops.py"];
  if (shape.join() !== fixture.shape.join()) return [`shape [${shape}] for [${fixture.shape}]`];
  const expected = {
    output: fixture.output.map(Number),
    gradients: got.gradients.map((_, i) => fixture.gradients?.[i]?.map(Number) ?? []),
  };
  const errors = [fixture.error, ...(fixture.gradientErrors ?? [])];
  return compareAll(got, expected, (part) =>
    fixtureTolerance(errors[part], largestOf(part === 0 ? expected.output : expected.gradients[part - 1])),
  );
}

/** As {@link runCase}, turned round where the expectations list a deviation. */
export async function verdict(h: H, c: Case, device: DeviceName, fixture?: Fixture): Promise<string[]> {
  const problems = await runCase(h, c, device, fixture).catch((error: unknown) => [String(error)]);
  const reason = EXPECTED_FAILURES[`${c.name}/${device}`];
  if (reason === undefined) return problems;
  return problems.length > 0 ? [] : [`passes, though it is expected to fail: ${reason}`];
}
