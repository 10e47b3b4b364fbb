/**
 * A layer as a row of the op suite: a function of its inputs and of its variables, whose values take the place of what
 * the layer would keep. So it is compared forward and backward, by input and by parameter, like any op.
 */
import { type Module, Parameter } from "../../../src/nn/index.ts";
import {
  type Case,
  type CaseOptions,
  define,
  float,
  type H,
  type Input,
  type Tensor,
} from "../../support/case.ts";

export interface LayerCaseOptions<M extends Module> extends CaseOptions {
  /** Runs in training mode, from a seed of its own. Default: evaluation. */
  training?: boolean;
  /** Default: `layer.apply` of all inputs. */
  apply?: (layer: M, xs: readonly Tensor[], h: H) => Tensor;
  /** How many of the inputs the layer is built for. Default: all. */
  builtFor?: number;
}

const SEED = 7;

/** `name` is `dense/plain`; Inputs are [batch, …]. */
export function layer<M extends Module>(
  name: string,
  make: () => M,
  inputs: readonly Input[],
  options: LayerCaseOptions<M> = {},
): Case {
  const { training = false, apply = applied, builtFor = inputs.length, ...rest } = options;
  const net = make().build(...inputs.slice(0, builtFor).map(({ shape }) => shape.slice(1)));
  const variables = [...net.state()].map(([path, v]) => ({
    input: /variance|scale/i.test(path) ? float(v.shape, 0.5, 2) : float(v.shape, -0.9, 0.9),
    learned: v instanceof Parameter,
  }));
  const all = [...inputs, ...variables.map(({ input }) => input)];
  const learned = [...inputs.map(() => true), ...variables.map((v) => v.learned)];
  return define(
    `nn.${name}`,
    all,
    (h, ...values) => {
      for (const [i, variable] of [...net.state().values()].entries()) {
        Object.defineProperties(variable, {
          value: { value: values[inputs.length + i], configurable: true },
          // Running statistics are not what is compared.
          assign: { value: () => {}, configurable: true },
        });
      }
      const xs = values.slice(0, inputs.length);
      if (!training) return apply(net, xs, h);
      h.setSeed(SEED);
      return h.withTraining(true, () => apply(net, xs, h));
    },
    {
      differentiable: all.flatMap(({ dtype }, i) => (dtype === "float32" && learned[i] ? [i] : [])),
      isLazy: training,
      ...rest,
    },
  );
}

const applied = (net: Module, xs: readonly Tensor[]): Tensor =>
  (net.apply as (...xs: readonly Tensor[]) => unknown)(...xs) as Tensor;
