// A vitest reporter: what the passed tests of a run say that they have checked (test/support/checks.ts), as
// build/checks.json, from which tools/table.mjs makes docs/ops.md.
import { mkdirSync, writeFileSync } from "node:fs";

export const CHECKS = new URL("../build/checks.json", import.meta.url);

export default class Checks {
  onTestRunEnd(modules) {
    const passed = modules.flatMap((module) => [...module.children.allTests("passed")]);
    const checks = passed.flatMap((test) => test.meta().checks ?? []);
    if (checks.length === 0) return;
    mkdirSync(new URL(".", CHECKS), { recursive: true });
    writeFileSync(CHECKS, JSON.stringify(checks));
  }
}
