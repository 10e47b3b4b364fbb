// The table of checks: cells gather what several tests have checked; an empty one needs a reason.
import { expect, it } from "vitest";
import { render } from "../../tools/table.mjs";
import type { Check } from "../support/checks.ts";

const everywhere = (check: Omit<Check, "on">): Check[] =>
  (["reference", "wasm", "webgpu", "wasm page", "webgpu page"] as const).map((on) => ({ ...check, on }));
const rowsOf = (checks: readonly Check[]): string[] =>
  (render(checks) as string).split("\n").filter((line) => line.startsWith("| `"));

it("joins the checks of a name", () => {
  const checks = [
    ...everywhere({ name: "exp", forward: ["reference"], gradient: ["reference"], second: ["reference"] }),
    ...everywhere({ name: "exp", forward: ["pytorch"] }),
  ];
  expect(rowsOf(checks)).toEqual([`| \`exp\` |${" pr · r · r |".repeat(5)}  |`]);
});

it("gives the reason of an empty cell, and refuses one without", () => {
  const checks = everywhere({ name: "nn.embedding", forward: ["reference"], why: "gives int32" });
  expect(rowsOf(checks)[0]).toMatch(/r · – · – \| gives int32 \|$/);
  expect(() => render(everywhere({ name: "exp", forward: ["reference"] }))).toThrow(
    /exp: .*why are cells empty/,
  );
});

it("does not excuse a smooth row by one of integers", () => {
  const smooth = everywhere({ name: "min", forward: ["reference"], gradient: ["reference"] });
  const integers = everywhere({ name: "min", forward: ["reference"], why: "takes no float32" });
  expect(() => render([...smooth, ...integers])).toThrow(/min: /);
});

it("takes a row on the host for every device", () => {
  const check: Check = { name: "schedules.warmup", on: "host", forward: ["pytorch"], why: "on the host" };
  expect(rowsOf([check])[0]).toBe(`| \`schedules.warmup\` |${" p · – · – |".repeat(5)} on the host |`);
});
