/**
 * Rows of wrong options from the schemas that factories read: a new option has its rows without a line here. Kinds that
 * are common have their wrong values and rules in `rules.ts`; of the others some values are tried.
 */
import { describe, expect, test, vi } from "vitest";
import * as kinds from "../../src/base/options/kinds.ts";
import type { Check, Option } from "../../src/base/options/schema.ts";
import * as schema from "../../src/base/options/schema.ts";
import { messageOf, shown } from "./rows.ts";
import { WRONG } from "./rules.ts";

type Make = (options: never) => unknown;
type Entry = Option<never, unknown>;

const TRIED = [
  ...[undefined, null, true, -1, 0, 0.5, 1, 2.5, Number.NaN, "1", "no such value", {}],
  ...[[], [0], [1], [2.5], [1, 2], [3, 2], [1, 1], [-1, -1], [1, 2, 3], [[1, 2, 3], 1]],
];

/** The message of an error for a value; undefined where it is right. */
function complaint(check: Check, value: unknown, where: string, option: string): string | undefined {
  try {
    const rule = check(value, where, option);
    return rule ? `[${where}] ${option} ${rule}: got ${shown(value)}` : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Wrong values and their messages. */
function wrongOf({ check, initial }: Entry, where: string, option: string): [unknown, string][] {
  const known = WRONG.get(check)?.map(([value, rule, got = shown(value)]): [unknown, string] => [
    value,
    `[${where}] ${option} ${rule}: got ${got}`,
  ]);
  const values = known && initial !== schema.REQUIRED ? [] : known ? [undefined] : TRIED;
  const found = values
    .filter((value) => value !== undefined || initial === schema.REQUIRED)
    .flatMap((value): [unknown, string][] => {
      const message = complaint(check, value, where, option);
      return message === undefined ? [] : [[value, message]];
    });
  return [...found, ...(known ?? [])];
}

/** A right value. */
const rightOf = ({ check }: Entry): unknown =>
  [1, 0.5, ...TRIED].find((value) => complaint(check, value, "", "") === undefined);

/** The schema that a factory reads under its name. */
function schemaOf(where: string, make: Make): schema.Schema | undefined {
  const read = vi.spyOn(schema.Schema.prototype, "read");
  try {
    // The option does not exist, which is an error or a rejection.
    void Promise.resolve(make({ misspelt: 1 } as never)).catch(() => {});
  } catch {}
  const { calls, contexts } = read.mock;
  const found = contexts[calls.findIndex(([name]) => name === where)];
  read.mockRestore();
  return found as schema.Schema | undefined;
}

/** Tests a function by the schema that it reads: every option, what is none, what is no object. */
export function describeFactory(where: string, make: Make): void {
  const found = schemaOf(where, make);
  const entries = Object.entries(found?.entries ?? {});
  const right = Object.fromEntries(
    entries.flatMap(([name, entry]) => (entry.initial === schema.REQUIRED ? [[name, rightOf(entry)]] : [])),
  );
  const rows = entries.flatMap(([option, entry]) =>
    wrongOf(entry, where, option).map(([value, message]) => [option, value, message] as const),
  );
  describe(where, () => {
    test.for(rows)("%s: %s", async ([option, value, message]) => {
      expect(await messageOf(() => make({ ...right, [option]: value } as never))).toBe(message);
    });

    const names = entries.map(([name]) => name).join(", ");
    const takes = `[${where}] takes ${names ? `the options ${names}` : "no options"}: got`;
    test.for<[unknown, string]>([
      [{ ...right, misspelt: 1 }, "misspelt"],
      [3, "3"],
      ["relu", '"relu"'],
      [null, "null"],
    ])("%j instead of options", async ([value, got]) => {
      expect(found, "reads no schema").toBeDefined();
      expect(await messageOf(() => make(value as never))).toBe(`${takes} ${got}`);
    });

    test("every option that is checked here has rows", () => {
      const checked = entries.filter(([, { check }]) => check !== kinds.unchecked().check);
      expect(checked.filter(([name]) => !rows.some(([option]) => option === name))).toEqual([]);
    });
  });
}

/**
 * Tests every function of a module with a lower-case name by the schema that it reads.
 * @param makers of functions whose options are not their first argument
 * @param exempt functions without options, and the reason or the place of their tests
 */
export function describeFactories(
  module: object,
  makers: Readonly<Record<string, Make>> = {},
  exempt: Readonly<Record<string, string>> = {},
): void {
  const factories = Object.entries(module).filter(
    ([name, value]) => typeof value === "function" && /^[a-z]/.test(name),
  );
  for (const [name, factory] of factories) {
    if (!Object.hasOwn(exempt, name)) describeFactory(name, makers[name] ?? factory);
  }
  test("exceptions are functions of the module", () => {
    const names = factories.map(([name]) => name);
    expect([...Object.keys(makers), ...Object.keys(exempt)].filter((name) => !names.includes(name))).toEqual(
      [],
    );
  });
}
