// Every name that a user can write has a comment: exports of every entry point, members of classes, options.
import { expect, test } from "vitest";
import { publicNames } from "../support/publicApi.ts";

test("public names have TSDoc", { timeout: 120_000 }, () => {
  const names = publicNames();
  expect(names.length).toBeGreaterThan(500);
  const bare = names.filter(({ comment }) => comment === "");
  expect(bare.map(({ name, place }) => `${place}: ${name}`)).toEqual([]);
});
