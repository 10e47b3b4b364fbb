// `npm test`: sets up what is missing, then runs every check, each one even if an earlier one failed. Further
// arguments go to vitest (`npm test -- test/ops`).
import { join } from "node:path";
import { buildDist, buildWasm, installModules, provideDevices, root, run, tool } from "./setup.mjs";
import { compareTable } from "./table.mjs";

const summary = [];
let failed = false;

async function phase(name, work) {
  const start = performance.now();
  console.log(`\n── ${name}`);
  const outcome = await work();
  const notes = Array.isArray(outcome) ? outcome : [];
  const missing = notes.length > 0;
  const ok = missing ? process.env.CI !== "true" : outcome !== false;
  failed ||= !ok;
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(7);
  summary.push(`${ok ? (missing ? "!" : "✓") : "✗"} ${name.padEnd(16)}${seconds} s`);
  for (const note of notes) summary.push(`    ${note}`);
  return ok;
}

function finish() {
  console.log(`\n${summary.join("\n")}`);
  process.exit(failed ? 1 : 0);
}

if (!(await phase("install", installModules))) finish();
await phase("build", () => buildWasm() && buildDist());
await phase("devices", provideDevices);
await phase("format and lint", () => tool("biome", ["check", "--error-on-warnings"], "@biomejs/biome"));
await phase("types", () => tool("tsc", ["--noEmit"], "typescript"));
await phase("floors", () => run(process.execPath, [join(root, "tools/floors.mjs")]));
const chosen = process.argv.slice(2);
const passed = await phase("tests", () => tool("vitest", ["run", ...chosen]));
// The table says what a whole run has checked.
if (passed && chosen.length === 0) await phase("docs/ops.md", compareTable);
finish();
