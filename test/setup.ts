// Nothing in Heddle prints by itself: a test that leaves a line on the console fails. A test that expects one
// replaces the method with `vi.spyOn(console, …).mockImplementation(…)` before the call.
import { afterEach, beforeEach, expect } from "vitest";

const methods = ["log", "info", "warn", "error", "debug", "trace"] as const;
let printed: string[] = [];

for (const method of methods) {
  console[method] = (...args: unknown[]) => {
    printed.push(`console.${method}: ${args.map(String).join(" ")}`);
  };
}

beforeEach(() => {
  printed = [];
});

afterEach(() => {
  expect(printed, "stray console output").toEqual([]);
});
