/**
 * `accumulateSteps`: the gradients of a group of batches are added up on the device, then the optimizer updates once by
 * their mean. Each batch's gradients are multiplied by its number of samples, because its loss is a mean over them.
 */
import { fail } from "../../base/errors.ts";
import type { HostTensor } from "../../base/host.ts";
import { sizeOf } from "../../base/shape.ts";
import type { Layer } from "../../nn/module.ts";
import { assignAll, State } from "../../runtime/state.ts";
import { tensor, zeros } from "../../tensor/create.ts";
import { compiledStep } from "../../tensor/jit.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Differentiable, Gradients } from "../../tensor/transforms/grad.ts";
import type { CallbackState, TrainedModel } from "../callback.ts";
import type { Steps, Variant } from "../steps.ts";
import type { FeatureOf } from "./feature.ts";

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

  /** Copies of the sums as they are now: `gradients/path`. */
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
  /** Makes a step add its gradients to the sums. */
  readonly variant: Variant;
  /** Updates by the sums times a number, and clears them. */
  readonly update: (scale: number) => Promise<Tensor>;
}

/** One per model, so that a second training compiles nothing. */
const compiled = new WeakMap<Steps, Compiled>();

function compiledFor(steps: Steps, { net, optimizer }: TrainedModel): Compiled {
  const known = compiled.get(steps);
  if (known) return known;
  const sums = new Sums();
  const apply = (scale: Tensor): Tensor => {
    const gradients: Gradients = new Map();
    for (const p of net.trainableParameters()) {
      const sum = sums.of(p);
      if (sum) gradients.set(p, sum.mul(scale));
    }
    optimizer?.update(gradients);
    sums.clear();
    return scale;
  };
  const update = compiledStep(apply, { training: true, name: "update" });
  steps.owns(update);
  const made = { sums, variant: { take: sums.add.bind(sums) }, update };
  compiled.set(steps, made);
  return made;
}

export const accumulation: FeatureOf = ({ model, steps }, { accumulateSteps: every = 1 }) => {
  if (every === 1) return undefined;
  const { sums, variant, update } = compiledFor(steps, model);
  /** Of the group so far. */
  let batches = 0;
  let samples = 0;
  const endGroup = async (): Promise<void> => {
    if (batches === 0) return;
    const updating = update(1 / samples);
    [batches, samples] = [0, 0];
    (await updating).dispose();
  };
  return {
    // Checkpoints keep a group that is not full under this name.
    name: "accumulateSteps",
    variant,
    onTrainBegin() {
      // An earlier training may have ended within a group.
      sums.clear();
    },
    async afterStep(size) {
      batches++;
      samples += size;
      if (batches === every) await endGroup();
    },
    afterSteps: endGroup,
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
};
