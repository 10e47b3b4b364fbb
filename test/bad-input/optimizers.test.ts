/** Wrong options of optimizers, parameter groups, averages and schedules. */
import { tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { describeMistakes } from "./rows.ts";
import { describeFactories } from "./schemas.ts";

describeFactories(optim, {}, { ema: "takes an optimizer: see `what does not go together`" });

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
