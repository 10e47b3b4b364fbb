/**
 * Every op, forward and backward, on every device: `npx vitest run test/ops -t "conv2d/same-stride2/webgpu"`.
 * Expected values: the float64 reference (itself checked by finite differences) and PyTorch's, from `test/fixtures`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXPECTED_FAILURES } from "../support/expectations.ts";
import { runCases } from "../support/run.ts";
import type { Fixture } from "../support/suite.ts";
import { CASES } from "./cases.ts";

const fixtures: Record<string, Fixture> = JSON.parse(
  readFileSync(new URL("../fixtures/ops.json", import.meta.url), "utf8"),
);
runCases(CASES, fixtures);

describe("the suite itself", () => {
  const names = new Set(CASES.map((c) => c.name));

  it("gives every case a name of its own", () => {
    const twice = CASES.map((c) => c.name).filter((name, i, all) => all.indexOf(name) !== i);
    expect(twice).toEqual([]);
  });

  it("has no fixture without a case", () => {
    const asked = new Set(CASES.flatMap((c) => (c.torch === undefined ? [] : [c.name])));
    expect(Object.keys(fixtures).filter((name) => !asked.has(name))).toEqual([]);
  });

  it("expects failures of cases that exist", () => {
    const unknown = Object.keys(EXPECTED_FAILURES).filter(
      (key) => !names.has(key.slice(0, key.lastIndexOf("/"))),
    );
    expect(unknown).toEqual([]);
  });
});
