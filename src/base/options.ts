/**
 * Options as tables of rules. Callers from JavaScript have no types: whatever is wrong, a misspelt name too, is said at
 * the call that gave it.
 */
import { fail } from "./errors.ts";
import { show } from "./show.ts";

export { show };

/** What the value must be, to follow the option's name (`must be a positive integer`); nothing when it is right. */
export type Rule = (value: unknown, where: string, name: string) => string | undefined;

/** For callers without types, who may still give some. */
export type NoOptions = Readonly<Record<string, never>>;

/** A rule for every option. */
export type Rules<O> = { readonly [K in keyof Required<O>]: Rule };

/**
 * @param required options that must be given
 * @throws HeddleError when an option does not exist, breaks its rule, or is required and missing
 */
export function checkOptions<O extends object>(
  where: string,
  options: O,
  rules: Rules<O>,
  required: readonly (keyof O & string)[] = [],
): O {
  const names = Object.keys(rules) as (keyof O & string)[];
  const isObject = Object(options) === options;
  const unknown = isObject ? Object.keys(options).find((name) => !(name in rules)) : "";
  if (unknown !== undefined) {
    const got = options?.constructor === Object ? unknown : show(options);
    fail(where, `takes ${names.length > 0 ? `the options ${names.join(", ")}` : "no options"}: got ${got}`);
  }
  for (const name of names) {
    const value = options[name];
    const rule = value === undefined && !required.includes(name) ? "" : rules[name](value, where, name);
    if (rule) fail(where, `${name} ${rule}: got ${show(value)}`);
  }
  return options;
}

const integerFrom = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least;

export const count: Rule = (v) => (integerFrom(v, 1) ? "" : "must be a positive integer");
export const fromZero: Rule = (v) => (integerFrom(v, 0) ? "" : "must be an integer of at least 0");
export const integer: Rule = (v) => (Number.isInteger(v) ? "" : "must be an integer");
export const number: Rule = (v) => (Number.isFinite(v) ? "" : "must be a number");
export const positive: Rule = (v) =>
  Number.isFinite(v) && (v as number) > 0 ? "" : "must be a positive number";
export const notNegative: Rule = (v) =>
  Number.isFinite(v) && (v as number) >= 0 ? "" : "must be a number of at least 0";
export const share: Rule = (v) => (notNegative(v, "", "") || (v as number) >= 1 ? "must lie in [0, 1)" : "");
export const flag: Rule = (v) => (typeof v === "boolean" ? "" : "must be true or false");
/** One of the names. */
export const oneOf =
  (...names: readonly string[]): Rule =>
  (v) =>
    names.includes(v as string)
      ? ""
      : `must be ${names
          .map(show)
          .join(", ")
          .replace(/, ([^,]*)$/, " or $1")}`;
