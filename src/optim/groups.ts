/** Parameter groups: parameters with a learning rate or a decay of their own, or that stay as they are. */
import { checkOptions, flag, notNegative, type Rule } from "../base/options.ts";
import type { Differentiable, ParameterOwner } from "../tensor/transforms/grad.ts";
import { describeRate, type LearningRate, rate } from "./learningRate.ts";

/** What is not given is as for all others. */
export interface ParameterGroup {
  /** A module, parameters, or paths: `"layers.0"` stands for all below it. The first group that has one counts. */
  readonly parameters: ParameterOwner | readonly Differentiable[] | string | readonly string[];
  /** Read at every step, as that of the optimizer. Default: that one. */
  learningRate?: LearningRate;
  /** Default: that of the optimizer. */
  readonly weightDecay?: number;
  /** Not updated. Default false. */
  readonly frozen?: boolean;
}

const members: Rule = (value) =>
  typeof value === "string" || Object(value) === value ? "" : "must be a module, parameters or paths";

/** A copy, whose learning rate may change. @throws HeddleError when an option is out of its range */
export function groupFrom(where: string, group: ParameterGroup): ParameterGroup {
  const rules = { parameters: members, learningRate: rate, weightDecay: notNegative, frozen: flag };
  return { ...checkOptions(where, group, rules, ["parameters"]) };
}

/** Finds the group of a parameter, as the modules are now. */
export function finder(
  groups: readonly ParameterGroup[],
): (parameter: Differentiable) => ParameterGroup | undefined {
  const lists = groups.map(({ parameters }) => membersOf(parameters));
  const isIn = (list: readonly (Differentiable | string)[], parameter: Differentiable): boolean =>
    list.some((m) => m === parameter || (typeof m === "string" && leadsTo(m, parameter.state.name)));
  return (parameter) => groups[lists.findIndex((list) => isIn(list, parameter))];
}

/** The group as plain data: its parameters by their paths. */
export function describeGroup({ parameters, learningRate, ...rest }: ParameterGroup): object {
  const names = membersOf(parameters).map((m) => (typeof m === "string" ? m : m.state.name));
  return {
    parameters: names,
    ...(learningRate !== undefined && { learningRate: describeRate(learningRate) }),
    ...rest,
  };
}

const leadsTo = (path: string, name: string): boolean => name === path || name.startsWith(`${path}.`);

function membersOf(parameters: ParameterGroup["parameters"]): readonly (Differentiable | string)[] {
  if (typeof parameters === "string") return [parameters];
  return "trainableParameters" in parameters ? parameters.trainableParameters() : parameters;
}
