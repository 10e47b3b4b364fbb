// docs/ops.md, the table of what is checked where and how, from the checks of the last whole test run.
// `node tools/table.mjs` writes it; `npm test` compares it. A cell that is empty without a reason is an error.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { CHECKS } from "./checks.mjs";

const PAGE = new URL("../docs/ops.md", import.meta.url);

const LETTERS = { definition: "=", reference: "r", differences: "f", pytorch: "p", values: "v" };
const PARTS = ["forward", "gradient", "second"];
const COLUMNS = ["reference", "wasm", "webgpu", "wasm page", "webgpu page"];
/** Rows of the op suite that are no ops. */
const FORMS = new Set(["views", "rank", "empty", "many", "dtypes"]);

const SECTIONS = [
  ["Ops", (name) => !name.includes(".") && !FORMS.has(name)],
  ["Views, ranks, limits", (name) => FORMS.has(name)],
  ["Layers", (name) => name.startsWith("nn.")],
  ["Losses and regularisers", (name) => /^(losses|regularizers)\./.test(name)],
  ["Metrics", (name) => name.startsWith("metrics.")],
  ["Initial values", (name) => name.startsWith("initializers.")],
  ["Optimizers", (name) => name.startsWith("optim.")],
  ["Schedules", (name) => name.startsWith("schedules.")],
];

const LEGEND = `# What is checked

Made by \`npm run docs\` from the test run; \`npm test\` fails when it is out of date. A cell says how the **forward**
pass · the **gradient** · the **second-order gradient** are checked on a device:

- \`=\` what the float64 reference, which interprets the unfused graph, says: the others are compared with it
- \`r\` against the float64 reference
- \`f\` finite differences: of the value for the gradient, of the gradient for the second order
- \`p\` values that PyTorch computed in float64
- \`v\` known values
- \`–\` not checked, for the reason in the last column

wasm is run with one thread and with two, WebGPU in Node through Dawn; *page* is the device inside headless Chromium.
Layers are differentiated by their input and by every parameter. How far results may lie apart:
[tolerance.ts](../test/support/tolerance.ts).
`;

/** Checks by name: per column the methods of each part, and the reasons. */
function gather(checks) {
  const rows = new Map();
  const learning = new Set(checks.filter(({ gradient }) => gradient).map(({ name }) => name));
  for (const { name, on, why, ...parts } of checks) {
    const row = rows.get(name) ?? { cells: new Map(), reasons: new Set() };
    rows.set(name, row);
    // Why some inputs have no gradient is no reason where others have.
    if (why && (parts.gradient || !learning.has(name))) row.reasons.add(why);
    const cell = row.cells.get(on) ?? PARTS.map(() => new Set());
    row.cells.set(on, cell);
    PARTS.forEach((part, i) => {
      for (const method of parts[part] ?? []) cell[i].add(LETTERS[method]);
    });
  }
  return rows;
}

const written = (methods) => [...methods].sort().join("") || "–";

function rowOf(name, { cells, reasons }) {
  const isOnHost = cells.has("host");
  const shown = COLUMNS.map((on) => {
    const cell = cells.get(isOnHost ? "host" : on) ?? PARTS.map(() => new Set());
    return cell.map(written).join(" · ");
  });
  const isFull = shown.every((cell) => !cell.includes("–"));
  if (!isFull && reasons.size === 0) throw new Error(`${name}: ${shown.join(" | ")}: why are cells empty?`);
  const why = isFull ? "" : [...reasons].sort().join("; ");
  return `| \`${name}\` | ${shown.join(" | ")} | ${why} |`;
}

/** The page. @throws when a cell is empty without a reason */
export function render(checks) {
  const rows = gather(checks);
  const head = `| | ${COLUMNS.join(" | ")} | |\n|---|${COLUMNS.map(() => "---|").join("")}---|`;
  const tables = SECTIONS.map(([title, belongs]) => {
    const names = [...rows.keys()].filter(belongs).sort((a, b) => (a < b ? -1 : 1));
    if (names.length === 0) return "";
    const lines = names.map((name) => rowOf(name, rows.get(name)));
    return `\n## ${title}\n\n${head}\n${lines.join("\n")}\n`;
  });
  return LEGEND + tables.join("");
}

/** The checks of the last run, and the columns that it lacks for want of a device. */
function lastRun() {
  const checks = existsSync(CHECKS) ? JSON.parse(readFileSync(CHECKS, "utf8")) : [];
  const seen = new Set(checks.map(({ on }) => on));
  return { checks, missing: COLUMNS.filter((on) => !seen.has(on)) };
}

/** Whether docs/ops.md is what the last test run says; a note where a device was missing. */
export function compareTable() {
  const { checks, missing } = lastRun();
  if (missing.length > 0) return [`docs/ops.md was not compared: nothing ran on ${missing.join(", ")}`];
  const isFresh = readFileSync(PAGE, "utf8") === render(checks);
  if (!isFresh) console.error("docs/ops.md is out of date: npm run docs");
  return isFresh;
}

function writeTable() {
  const { checks, missing } = lastRun();
  if (missing.length > 0)
    throw new Error(`nothing ran on ${missing.join(", ")}: the table would be incomplete`);
  writeFileSync(PAGE, render(checks));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeTable();
