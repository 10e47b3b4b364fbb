// Nothing in Heddle prints by itself: a test that leaves a line on the console fails. A test that expects one
// replaces the method (`vi.spyOn(console, "warn").mockImplementation(…)`) before the call.
import { afterAll, afterEach, expect } from "vitest";

const printed: string[] = [];

for (const method of ["log", "info", "warn", "error", "debug", "trace"] as const)
  console[method] = (...args: unknown[]) => {
    printed.push(`console.${method}: ${args.map(String).join(" ")}`);
  };

const expectSilence = () => expect(printed.splice(0), "stray console output").toEqual([]);

afterEach(expectSilence);
afterAll(expectSilence);
