/**
 * Tables of wrong options and the exact message of each. What a factory takes is read from its message on an option
 * that does not exist, so that a table must have a row for every option.
 */
import { describe, expect, test } from "vitest";
import { HeddleError } from "../../src/index.ts";

/** A wrong value, what is said of it, and how it is shown where that is not its JSON. */
export type Wrong = readonly [value: unknown, rule: string, shown?: string];

/** By option: every value is given beside right values for all that is required. */
export interface Table {
  /** The name in messages. */
  readonly where: string;
  /** The function to call, with options of any kind, as from JavaScript. */
  readonly make: (options: never) => unknown;
  /** Valid values of the required options. */
  readonly right?: object;
  readonly wrong: Readonly<Record<string, readonly Wrong[]>>;
}

/** The message of the error that `act` throws, or rejects with, which must be a HeddleError. */
export async function messageOf(act: () => unknown): Promise<string> {
  const error = await Promise.resolve()
    .then(act)
    .then(
      () => expect.fail("nothing was wrong"),
      (error: unknown) => error,
    );
  expect(error).toBeInstanceOf(HeddleError);
  return (error as HeddleError).message;
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  return typeof value === "string" || Object(value) === value ? JSON.stringify(value) : String(value);
}

/** Tests every row of a table, an option that does not exist, something that is no object, and that no option lacks a row. */
export function describeOptions({ where, make, right = {}, wrong }: Table): void {
  describe(where, () => {
    const given = (options: object) => () => make({ ...right, ...options } as never);
    const rows = Object.entries(wrong).flatMap(([option, list]) =>
      list.map((row) => [option, ...row] as const),
    );
    test.each(rows)("%s: %s", async (option, value, rule, got = shown(value)) => {
      expect(await messageOf(given({ [option as string]: value }))).toBe(
        `[${where}] ${option} ${rule}: got ${got}`,
      );
    });

    test("misspelt options; all that exist have rows", async () => {
      const options = Object.keys(wrong);
      const message = await messageOf(given({ misspelt: 1 }));
      const [, names = ""] = /takes the options (.*): got misspelt$/.exec(message) ?? [];
      expect(message.startsWith(`[${where}] takes the options `), message).toBe(true);
      expect(names.split(", ").sort()).toEqual(options.sort());
    });

    test.each([[3], ["relu"], [null]])("%j instead of options", async (value) => {
      const message = await messageOf(() => make(value as never));
      expect(message).toMatch(new RegExp(`^\\[${where}\\] takes the options .*: got ${shown(value)}$`));
    });
  });
}

export type Row = readonly [name: string, act: () => unknown, message: string];

/** Tests that each act fails with exactly its message. */
export function describeMistakes(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)("%s", async (_, act, message) => {
      expect(await messageOf(act)).toBe(message);
    });
  });
}

/** Tests that every function of a module with a lower-case name is among `covered`: a new one needs rows. */
export function expectCovered(
  module: Readonly<Record<string, unknown>>,
  covered: Iterable<string>,
  exempt: Readonly<Record<string, string>> = {},
): void {
  test("every public function has rows, or a reason why there is nothing to get wrong", () => {
    const isFactory = ([name, value]: [string, unknown]) =>
      typeof value === "function" && /^[a-z]/.test(name);
    const factories = Object.entries(module)
      .filter(isFactory)
      .map(([name]) => name);
    const known = new Set([...covered, ...Object.keys(exempt)]);
    expect(factories.filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !factories.includes(name))).toEqual([]);
  });
}
