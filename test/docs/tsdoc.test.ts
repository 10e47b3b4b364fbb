// Every name that a user can write has a comment: exports of every entry point, members of classes, options, which name
// their defaults.
import { beforeAll, describe, expect, test } from "vitest";
import { type PublicName, publicNames } from "../support/publicApi.ts";

const shown = (names: readonly PublicName[]): string[] => names.map(({ name, place }) => `${place}: ${name}`);

describe("public names", { timeout: 120_000 }, () => {
  let names: PublicName[];
  beforeAll(() => {
    names = publicNames();
    expect(names.length).toBeGreaterThan(500);
  }, 120_000);

  test("have TSDoc", () => {
    expect(shown(names.filter(({ comment }) => comment === ""))).toEqual([]);
  });

  test("of options state the default", () => {
    const optional = names.filter(({ name, isOptional }) => isOptional && /Options\.\w+$/.test(name));
    expect(optional.length).toBeGreaterThan(100);
    expect(shown(optional.filter(({ comment }) => !/default/i.test(comment)))).toEqual([]);
  });
});
