/** Options as tables of checks, on top of schemas: for callers whose types and defaults stand elsewhere. */
import * as kinds from "./options/kinds.ts";
import { type Check, type Entries, type Kind, type Option, options, REQUIRED } from "./options/schema.ts";

export { show } from "./show.ts";

export type Rule = Check;

/** A check, or a kind of option, for every option. */
export type Rules<O> = { readonly [K in keyof Required<O>]: Check };

/**
 * @param required options that must be given
 * @throws HeddleError when an option does not exist, breaks its rule, or is required and missing
 */
export function checkOptions<O extends object>(
  where: string,
  given: O,
  rules: Rules<O>,
  required: readonly (keyof O & string)[] = [],
): O {
  const entry = ([name, check]: [string, Check]): [string, Option<never, unknown>] => [
    name,
    { check, initial: required.includes(name as keyof O & string) ? REQUIRED : undefined },
  ];
  const entries: Entries = Object.fromEntries(Object.entries<Check>(rules).map(entry));
  options(entries).read(where, given);
  return given;
}
const checkOf =
  <T>(kind: Kind<T>): Check =>
  (...args) =>
    kind().check(...args);
export const count = /* @__PURE__ */ checkOf(kinds.count);
export const fromZero = /* @__PURE__ */ checkOf(kinds.fromZero);
export const integer = /* @__PURE__ */ checkOf(kinds.integer);
export const number = /* @__PURE__ */ checkOf(kinds.number);
export const positive = /* @__PURE__ */ checkOf(kinds.positive);
export const notNegative = /* @__PURE__ */ checkOf(kinds.notNegative);
export const share = /* @__PURE__ */ checkOf(kinds.fraction);
export const flag = /* @__PURE__ */ checkOf(kinds.flag);
/** One of the names. */
export const oneOf = (...names: readonly string[]): Check => checkOf(kinds.oneOf(...names));
