// The house rule of the sources: imports (type imports too) point strictly down the floors, are acyclic inside one,
// and packages and `node:` modules enter through the Node side of the platform or the command alone.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** First match wins. */
const floors = [
  [/^src\/(base|platform)\//, 0],
  [/^src\/graph\//, 1],
  [/^src\/ops\//, 2],
  [/^src\/kernel\//, 3],
  [/^src\/compile\//, 4],
  [/^src\/backends\/[^/]+$/, 4],
  [/^gpu\//, 4],
  [/^src\/backends\/(wasm|webgpu)\//, 5],
  [/^src\/runtime\//, 6],
  [/^src\/tensor\//, 7],
  [/^src\/(nn|optim)\//, 8],
  [/^src\/(train|data|io|models)\//, 9],
  [/^src\/cli\/|^src\/index\.ts$/, 10],
];
/** Files that only one place may import. */
const doors = [
  // Backends take kernels and segments; how those came about is the compiler's own business.
  {
    to: /^src\/compile\//,
    from: /^src\/(?!kernel\/|backends\/)/,
    who: "the compiler and the floors from the runtime up",
  },
  { to: /^assembly\//, from: /^src\/backends\/wasm\//, who: "src/backends/wasm" },
  { to: /^gpu\//, from: /^src\/backends\/webgpu\/|^gpu\//, who: "src/backends/webgpu" },
  {
    to: /^src\/backends\/(wasm)\//,
    from: /^src\/(runtime\/devices\.ts$|backends\/wasm\/)/,
    who: "src/runtime/devices.ts",
  },
  {
    to: /^src\/backends\/(webgpu)\//,
    from: /^src\/(runtime\/devices\.ts$|backends\/webgpu\/)/,
    who: "src/runtime/devices.ts",
  },
];
/** What Node alone fetches: the platform picks it by import(), from below, so that no bundle of a page holds it. */
const nodeChunks = { from: "src/platform/node.ts", to: /^src\/(kernel|backends\/wasm)\/verify\// };
const platform = ["src/platform/node.ts", "src/platform/browser.ts"];
const usesPackages = /^src\/(platform\/node|cli\/)/;
/** Libraries that run everywhere, and the one file that fetches each when it is needed. */
const lazyLibraries = { fflate: "src/io/npz.ts" };

const floorOf = (file) => floors.find(([pattern]) => pattern.test(file))?.[1];
const subject = (file) =>
  file
    .replace(/^src\//, "")
    .split("/")
    .slice(0, -1)
    .join("/") || "the surface";
const place = (file) => `${file} (${subject(file)}, floor ${floorOf(file)})`;

/** The imports of one source, as files of the repository (`to`) or names of packages (`name`). */
function importsOf(file, text) {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName: name, pos }) => {
    const dynamic = /\bimport\s*\(\s*$/.test(text.slice(0, pos));
    if (name === "#platform") return platform.map((to) => ({ to, dynamic }));
    if (!name.startsWith(".")) return [{ name, dynamic }];
    return [{ to: posix.join(posix.dirname(file), name), dynamic }];
  });
}

function cycles(graph) {
  const found = [];
  const state = new Map();
  const path = [];
  const visit = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const to of graph.get(file) ?? []) {
      if (state.get(to) === "open") found.push([...path.slice(path.indexOf(to)), to]);
      else if (!state.has(to)) visit(to);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return found;
}

/** Checks sources given as path → text and returns a line for each broken rule. */
export function check(sources) {
  const errors = [];
  const graph = new Map();
  for (const [file, text] of sources) {
    if (floorOf(file) === undefined)
      errors.push(`${file} stands on no floor: name its folder in tools/floors.mjs`);
    const targets = [];
    for (const { to, name, dynamic } of importsOf(file, text)) {
      if (name) {
        if (!usesPackages.test(file) && !(dynamic && lazyLibraries[name] === file))
          errors.push(`${file} imports "${name}": only src/platform/node.ts and src/cli use packages`);
        continue;
      }
      if (dynamic && file === nodeChunks.from && nodeChunks.to.test(to)) continue;
      const door = doors.find((rule) => rule.to.test(to));
      if (door && !door.from.test(file)) errors.push(`${file} imports ${to}: only ${door.who} may`);
      else if (/^src\/runtime\//.test(file) && /^src\/backends\/./.test(to) && door && !dynamic)
        errors.push(`${file} imports ${to} statically: backends are loaded by import()`);
      else if (to.startsWith("assembly/")) continue;
      else if (floorOf(to) === undefined) errors.push(`${file} imports ${to}, which stands on no floor`);
      else if (floorOf(to) > floorOf(file)) errors.push(`${place(file)} imports ${place(to)}`);
      else targets.push(to);
    }
    graph.set(file, targets);
  }
  for (const cycle of cycles(graph)) errors.push(`cycle: ${cycle.join(" → ")}`);
  return errors;
}

function read(root, folder) {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const sources = new Map([...read(root, "src"), ...read(root, "gpu")]);
  const errors = check(sources);
  for (const error of errors) console.error(error);
  if (errors.length === 0) console.log(`${sources.size} files, every import points down`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
