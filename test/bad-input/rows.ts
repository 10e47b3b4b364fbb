/** Wrong calls and the exact message of each. */
import { describe, expect, test } from "vitest";
import { HeddleError } from "../../src/index.ts";

/** A wrong value, what is said of it, and how it is shown where that is not its JSON. */
export type Wrong = readonly [value: unknown, rule: string, shown?: string];

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
