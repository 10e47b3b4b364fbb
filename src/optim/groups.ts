/** Parameter groups: parameters with a learning rate or a decay of their own, or that stay as they are. */
import { flag, notNegative } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, required } from "../base/options/schema.ts";
import type { Differentiable, ParameterOwner } from "../tensor/transforms/grad.ts";
import { rate } from "./learningRate.ts";

type Members = ParameterOwner | readonly Differentiable[] | string | readonly string[];

/** Files keep their paths. */
const members = /* @__PURE__ */ kind<Members>(
  (value) =>
    typeof value === "string" || Object(value) === value ? "" : "must be a module, parameters or paths",
  (value) => membersOf(value).map((m) => (typeof m === "string" ? m : m.state.name)),
);

const groupOptions = options({
  /** A module, parameters, or paths: `"layers.0"` stands for all below it. The first group that has one counts. */
  parameters: required(members()),
  /** Read at every step, as that of the optimizer. Default: that one. */
  learningRate: rate(),
  /** Default: that of the optimizer. */
  weightDecay: notNegative(),
  /** Not updated. Default false. */
  frozen: flag(false),
});

/** What is not given is as for all others. */
export interface ParameterGroup extends OptionsOf<typeof groupOptions> {}

/** A copy, whose learning rate may change. @throws HeddleError when an option is out of its range */
export const groupFrom = (where: string, group: ParameterGroup): ParameterGroup =>
  groupOptions.read(where, group);

/** Groups of parameters as an option of an optimizer. */
export const groupList = /* @__PURE__ */ kind<readonly ParameterGroup[]>(
  (groups) => (Array.isArray(groups) ? "" : "must be a list of parameter groups"),
  (groups) => groups.map((group) => groupOptions.plain(group)),
);

/** Finds the group of a parameter, as the modules are now. */
export function finder(
  groups: readonly ParameterGroup[],
): (parameter: Differentiable) => ParameterGroup | undefined {
  const lists = groups.map(({ parameters }) => membersOf(parameters));
  const isIn = (list: readonly (Differentiable | string)[], parameter: Differentiable): boolean =>
    list.some((m) => m === parameter || (typeof m === "string" && leadsTo(m, parameter.state.name)));
  return (parameter) => groups[lists.findIndex((list) => isIn(list, parameter))];
}

const leadsTo = (path: string, name: string): boolean => name === path || name.startsWith(`${path}.`);

function membersOf(parameters: Members): readonly (Differentiable | string)[] {
  if (typeof parameters === "string") return [parameters];
  return "trainableParameters" in parameters ? parameters.trainableParameters() : parameters;
}
