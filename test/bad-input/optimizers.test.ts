/** Wrong options of optimizers, parameter groups, averages and schedules. */
import { tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { describeMistakes, describeOptions, expectCovered, type Table, type Wrong } from "./rows.ts";
import { BETWEEN, COUNT, FLAG, NOT_NEGATIVE, POSITIVE, required, SHARE } from "./rules.ts";

const GROUPS: readonly Wrong[] = [["trunk", "must be a list of parameter groups"]];
const common = {
  learningRate: NOT_NEGATIVE,
  weightDecay: NOT_NEGATIVE,
  averageDecay: SHARE,
  groups: GROUPS,
  clipValue: POSITIVE,
  clipNorm: POSITIVE,
  globalClipNorm: POSITIVE,
};
const epsilon = { epsilon: POSITIVE, epsilonAs: [["torch", 'must be "keras" or "pytorch"']] as Wrong[] };
const adam = { ...common, beta1: SHARE, beta2: SHARE, amsgrad: FLAG, ...epsilon };
const from = { learningRate: required(POSITIVE) };
const decay = { ...from, steps: required(COUNT), endLearningRate: NOT_NEGATIVE };
const right = { learningRate: 1, steps: 10 };
const RISING = "must be positive integers in rising order";
const AT_LEAST_1 = "must be at least 1";

const TABLES: Record<string, Omit<Table, "where">> = {
  sgd: { make: optim.sgd, wrong: { ...common, momentum: SHARE, nesterov: FLAG } },
  rmsprop: {
    make: optim.rmsprop,
    wrong: { ...common, rho: SHARE, momentum: SHARE, centered: FLAG, ...epsilon },
  },
  adagrad: { make: optim.adagrad, wrong: { ...common, initialAccumulator: NOT_NEGATIVE, ...epsilon } },
  adadelta: { make: optim.adadelta, wrong: { ...common, rho: SHARE, epsilon: POSITIVE } },
  adam: { make: optim.adam, wrong: adam },
  adamw: { make: optim.adamw, wrong: adam },
  lbfgs: {
    make: optim.lbfgs,
    wrong: {
      learningRate: POSITIVE,
      maxIterations: COUNT,
      maxEvaluations: COUNT,
      historySize: COUNT,
      gradientTolerance: POSITIVE,
      changeTolerance: POSITIVE,
    },
  },
  stepDecay: {
    make: optim.stepDecay,
    right: { learningRate: 1, every: 1 },
    wrong: { ...from, every: required(COUNT), factor: POSITIVE },
  },
  multiStepDecay: {
    make: optim.multiStepDecay,
    right: { learningRate: 1, milestones: [1] },
    wrong: {
      ...from,
      milestones: required([
        [5, RISING],
        [[0], RISING],
        [[3, 2], RISING, "[3, 2]"],
      ]),
      factor: POSITIVE,
    },
  },
  exponentialDecay: {
    make: optim.exponentialDecay,
    right: { learningRate: 1, factor: 0.5 },
    wrong: { ...from, factor: required(POSITIVE), steps: COUNT, staircase: FLAG },
  },
  polynomialDecay: { make: optim.polynomialDecay, right, wrong: { ...decay, power: POSITIVE } },
  cosineDecay: { make: optim.cosineDecay, right, wrong: decay },
  cosineRestarts: {
    make: optim.cosineRestarts,
    right,
    wrong: {
      ...decay,
      factor: POSITIVE,
      growth: [
        [0.5, AT_LEAST_1],
        ["2", AT_LEAST_1],
        [Number.NaN, AT_LEAST_1],
      ],
    },
  },
  warmup: {
    make: optim.warmup,
    right,
    wrong: { learningRate: required(NOT_NEGATIVE), steps: required(COUNT), start: NOT_NEGATIVE },
  },
  oneCycle: {
    make: optim.oneCycle,
    right,
    wrong: { ...from, steps: required(COUNT), rise: BETWEEN, startDivisor: POSITIVE, endDivisor: POSITIVE },
  },
};

for (const [where, table] of Object.entries(TABLES)) describeOptions({ where, ...table });

const net = nn.sequential([nn.dense({ units: 1 })], { inputShape: [1] });

describeMistakes("what does not go together", [
  [
    "nesterov without momentum",
    () => optim.sgd({ nesterov: true }),
    "[sgd] nesterov needs a momentum above 0: got 0",
  ],
  [
    "two ways to clip",
    () => optim.adam({ clipNorm: 1, clipValue: 1 }),
    "[adam] takes one of clipValue, clipNorm, globalClipNorm: got clipValue and clipNorm",
  ],
  [
    "a group without parameters",
    () => optim.sgd({ groups: [{ learningRate: 1 } as never] }),
    "[sgd] parameters must be a module, parameters or paths: got undefined",
  ],
  [
    "a group with a misspelt option",
    () => optim.sgd({ groups: [{ parameters: net, freeze: true } as never] }),
    "[sgd] takes the options parameters, learningRate, weightDecay, frozen: got freeze",
  ],
  [
    "a group's rate",
    () => optim.sgd({ groups: [{ parameters: net, learningRate: -1 }] }),
    "[sgd] learningRate must be a number of at least 0: got -1",
  ],
  [
    "gradients that are no map",
    () => optim.sgd().update([tensor([1])] as never),
    "[sgd] update takes a Map from parameter to gradient: what valueAndGrad(net, …) returns",
  ],
  [
    "a gradient of another shape",
    () => optim.sgd().update(new Map([[net.parameters()[0], tensor([1, 2])]])),
    "[sgd] gradients must have their parameter's shape: got a gradient [2] for layers.0.kernel [1, 1]",
  ],
  ["averages of no optimizer", () => optim.ema(net as never), "[ema] expects an optimizer: got a Sequential"],
  [
    "averages that are not kept",
    () => optim.ema(optim.sgd()).swap(),
    "[ema] sgd keeps no averages: give it averageDecay",
  ],
  [
    "a closure without gradients",
    () => optim.lbfgs().step((() => tensor(1)) as never),
    "[lbfgs] the closure must return [loss, gradients], as valueAndGrad(net, …) does",
  ],
]);

expectCovered(optim, [...Object.keys(TABLES), "ema"]);
