/**
 * Gradient accumulation: the gradients of several batches, each times its samples, are added up on the device; then the
 * optimizer updates once by their mean. Mean losses of batches weighed so come to the mean loss of all samples.
 */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { sizeOf } from "../base/shape.ts";
import type { Layer } from "../nn/module.ts";
import { assignAll, State } from "../runtime/state.ts";
import { tensor, zeros } from "../tensor/create.ts";
import { compiledFunction } from "../tensor/jit.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Differentiable, Gradients } from "../tensor/transforms/grad.ts";
import type { Callback, CallbackState, TrainedModel } from "./callback.ts";
import type { Training } from "./fit.ts";
import type { Step, Steps, Variant } from "./steps.ts";

/** Sums of gradients by parameter, on the device. */
class Sums {
  readonly #states = new Map<Differentiable, State>();

  of(parameter: Differentiable): Tensor | undefined {
    const state = this.#states.get(parameter);
    return state && new Tensor(state.read());
  }

  add(gradients: Gradients, samples: number): void {
    const writes = [...gradients].map(([parameter, gradient]) => {
      const state = this.#stateOf(parameter);
      return [state, new Tensor(state.read()).add(gradient.mul(samples)).node] as const;
    });
    assignAll(writes);
  }

  clear(): void {
    assignAll([...this.#states.values()].map((state) => [state, zeros(state.shape).node] as const));
  }

  /** As they are now: `gradients/path`. */
  async values(net: Layer): Promise<Record<string, HostTensor>> {
    const reading = [...net.state()].flatMap(([path, parameter]) => {
      const sum = this.of(parameter);
      if (!sum) return [];
      const { shape, dtype } = sum;
      return [sum.data().then((data) => [`gradients/${path}`, { data, shape, dtype }] as const)];
    });
    return Object.fromEntries(await Promise.all(reading));
  }

  load(net: Layer, values: CallbackState): void {
    for (const [path, parameter] of net.state()) {
      const value = values[`gradients/${path}`] as HostTensor | undefined;
      if (value) this.#stateOf(parameter).assign(tensor(value.data, value).node);
    }
  }

  #stateOf(parameter: Differentiable): State {
    const { shape, name } = parameter.state;
    const zero = () => State.fromHost(shape, "float32", new Float32Array(sizeOf(shape)), `${name}/gradients`);
    const state = this.#states.get(parameter) ?? zero();
    this.#states.set(parameter, state);
    return state;
  }
}

interface Compiled {
  readonly sums: Sums;
  /** Adds the gradients of a batch. */
  readonly gather: Step;
  /** Updates by the sums times a number, and clears them. */
  readonly update: (share: number) => Promise<Tensor>;
}

/** Kept with a model's steps, and with whether they watch the layers: a second training compiles nothing. */
const known = new WeakMap<Steps, Map<Variant["observe"], Compiled>>();

function compiledFor(steps: Steps, { net, optimizer }: TrainedModel, observe: Variant["observe"]): Compiled {
  const all = known.get(steps) ?? new Map<Variant["observe"], Compiled>();
  known.set(steps, all);
  const found = all.get(observe);
  if (found) return found;
  const sums = new Sums();
  const apply = (share: Tensor): Tensor => {
    const gradients: Gradients = new Map();
    for (const p of net.trainableParameters()) {
      const sum = sums.of(p);
      if (sum) gradients.set(p, sum.mul(share));
    }
    optimizer?.update(gradients);
    sums.clear();
    return share;
  };
  const update = compiledFunction(apply, { training: true, name: "update" });
  steps.owns(update);
  const take = (gradients: Gradients, samples: number): void => sums.add(gradients, samples);
  const compiled = { sums, gather: steps.variant({ ...(observe && { observe }), take }), update };
  all.set(observe, compiled);
  return compiled;
}

interface Accumulation extends Required<Pick<Training, "step" | "finishEpoch">> {
  /** Keeps a group that is not full in checkpoints. */
  readonly callback: Callback;
}

/** Steps that update after every `every` of them. @param observe records more in each */
export function accumulation(
  model: TrainedModel,
  steps: Steps,
  every: number,
  observe?: Variant["observe"],
): Accumulation {
  const { sums, gather, update } = compiledFor(steps, model, observe);
  /** The group so far. */
  let batches = 0;
  let samples = 0;
  const finishEpoch = async (): Promise<void> => {
    if (batches === 0) return;
    const updating = update(1 / samples);
    [batches, samples] = [0, 0];
    (await updating).dispose();
  };
  const step: Step = async (x, y, weights) => {
    const result = await gather(x, y, weights);
    batches++;
    samples += x.shape[0];
    if (batches === every) await finishEpoch();
    return result;
  };
  const callback: Callback = {
    name: "accumulateSteps",
    onTrainBegin() {
      // An earlier training may have ended within a group.
      sums.clear();
    },
    async state() {
      const group = { every, batches, samples };
      return batches === 0 ? group : { ...group, ...(await sums.values(model.net)) };
    },
    restore({ every: before, batches: count, samples: size, ...values }) {
      if (before !== every && count !== 0) {
        fail("fit", `resumes in a group of accumulateSteps ${before}: got ${every}`);
      }
      [batches, samples] = [count as number, size as number];
      sums.load(model.net, values);
    },
  };
  return { step, finishEpoch, callback };
}
