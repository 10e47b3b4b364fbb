/**
 * Optimizers along the trajectories that PyTorch computed: what differs, on the current device. No test runner and no
 * Node here: a page runs it as well. Values: `tools/fixtures/make_training.py`.
 */
import { optimizerFromConfig } from "../../src/optim/fromConfig.ts";
import { ema, lbfgs, sgd } from "../../src/optim/index.ts";
import { State } from "../../src/runtime/state.ts";
import type { H, Tensor } from "../support/case.ts";
import { difference, fixtureTolerance, largestOf } from "../support/tolerance.ts";

/** `compiled` records each update once, `eager` at every step. */
export type Mode = "eager" | "compiled";

export interface Problem {
  readonly shapes: readonly number[][];
  readonly initial: readonly number[][];
  readonly gradients: readonly (readonly number[][])[];
}

export interface Trajectory {
  readonly optimizer: string;
  readonly options: object;
  /** After each step. */
  readonly parameters: readonly number[][];
  readonly error: number;
}

export interface LbfgsFixture {
  readonly problem: { x: number[]; y: number[]; weights: number[]; bias: number[] };
  readonly losses: readonly number[];
  readonly parameters: readonly number[][];
  readonly error: number;
}

interface Parameter {
  readonly state: State;
}

const parameterOf = (h: H, values: readonly number[], shape: readonly number[], name: string): Parameter => ({
  state: State.from(h.tensor(Float32Array.from(values), { shape }).node, name),
});

async function read(h: H, list: readonly Parameter[]): Promise<number[]> {
  const values = await Promise.all(list.map(({ state }) => new h.Tensor(state.read()).data()));
  return values.flatMap((v) => [...v]);
}

/** A message about the first step that differs. */
function compare(got: readonly number[], expected: readonly number[], error: number, step: number): string[] {
  const problem = difference(got, expected, fixtureTolerance(error, largestOf(expected)));
  return problem ? [`step ${step + 1}, ${problem}`] : [];
}

export async function follow(h: H, problem: Problem, trajectory: Trajectory, mode: Mode): Promise<string[]> {
  const list = problem.initial.map((values, i) => parameterOf(h, values, problem.shapes[i], `w${i}`));
  const optimizer = optimizerFromConfig({ type: trajectory.optimizer, ...trajectory.options });
  const update = (...gradients: Tensor[]): void =>
    optimizer.update(new Map(list.map((p, i) => [p, gradients[i]])));
  const step = mode === "eager" ? update : h.jit(update);
  for (const [i, gradients] of problem.gradients.entries()) {
    await step(...gradients.map((g, k) => h.tensor(Float32Array.from(g), { shape: problem.shapes[k] })));
    const problems = compare(await read(h, list), trajectory.parameters[i], trajectory.error, i);
    if (problems.length > 0) return problems;
  }
  const { iterations } = optimizer;
  return iterations === problem.gradients.length ? [] : [`counted ${iterations} steps`];
}

/** Logistic regression of a full batch with weight decay. */
export async function followLbfgs(h: H, fixture: LbfgsFixture, mode: Mode): Promise<string[]> {
  const { problem, losses, parameters, error } = fixture;
  const weights = parameterOf(h, problem.weights, [4, 1], "weights");
  const bias = parameterOf(h, problem.bias, [1], "bias");
  const current = ({ state }: Parameter): Tensor => new h.Tensor(state.read());
  const x = h.tensor(Float32Array.from(problem.x), { shape: [24, 4] });
  const y = h.tensor(Float32Array.from(problem.y), { shape: [24, 1] });
  const lossAndGrads = h.valueAndGrad([weights, bias], () => {
    const scores = x.matmul(current(weights)).add(current(bias));
    return h.binaryCrossentropy(y, scores).add(current(weights).square().sum().mul(0.05));
  });
  const closure = mode === "eager" ? lossAndGrads : h.jit(() => lossAndGrads());
  const optimizer = lbfgs({ maxIterations: 1, historySize: 5, maxEvaluations: 25 });
  for (const [i, expected] of parameters.entries()) {
    const loss = await optimizer.step(closure);
    // As the test of the losses has always asked: five decimals.
    if (Math.abs(loss - losses[i]) > 5e-6) return [`step ${i + 1}: loss ${loss} for ${losses[i]}`];
    const problems = compare(await read(h, [weights, bias]), expected, error, i);
    if (problems.length > 0) return problems;
  }
  return [];
}

/** Averages of weights that sgd moves: 4 → 0.75 · 4 + 0.25 · 0 → 0.75 · 3 + 0.25 · −4. */
export async function followEma(h: H): Promise<string[]> {
  const w = parameterOf(h, [4], [1], "w");
  const optimizer = sgd({ learningRate: 1, averageDecay: 0.75 });
  const averages = ema(optimizer);
  const step = h.jit((g: Tensor) => optimizer.update(new Map([[w, g]])));
  for (let i = 0; i < 2; i++) await step(h.tensor([4]));
  averages.swap();
  const [average] = await read(h, [w]);
  averages.restore();
  const [weight] = await read(h, [w]);
  return average === 1.25 && weight === -4 ? [] : [`${average} for 1.25, ${weight} for -4`];
}
