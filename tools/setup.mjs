// Sets up a fresh clone: node modules, the wasm binaries, dist, and for the tests a WebGPU
// adapter and Chromium. Every step returns at once when its work is already done. No dependencies.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { findDevices } from "./environment.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command with this process's input and output and returns whether it succeeded. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

/** Runs the command line `name` of an installed package. */
export function tool(name, args, pkg = name) {
  const home = join(root, "node_modules", pkg);
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return run(process.execPath, [join(home, typeof bin === "string" ? bin : bin[name]), ...args]);
}

export function installModules() {
  const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  const hidden = "node_modules/.package-lock.json";
  if (existsSync(join(root, hidden))) {
    const have = read(hidden);
    const wanted = Object.entries(read("package-lock.json")).filter(
      ([path, p]) => path !== "" && !p.optional,
    );
    if (wanted.every(([path, p]) => have[path]?.version === p.version)) return true;
  }
  const npm = process.env.npm_execpath;
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (npm) return run(process.execPath, [npm, ...args]);
  return run("npm", args, { shell: process.platform === "win32" });
}

export function buildWasm() {
  return run(process.execPath, [join(root, "tools/build-wasm.mjs")]);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function buildDist() {
  const built = Math.min(...["dist/index.js", "dist/node/index.js"].map((path) => newest(join(root, path))));
  const inputs = ["src", "gpu", "assembly", "package.json", "tsconfig.json", "tsdown.config.ts"];
  if (inputs.every((path) => newest(join(root, path)) < built)) return true;
  return tool("tsdown", ["--logLevel", "warn"]);
}

const packages = ["chromium", "libvulkan1"]; // the browser with its SwiftShader, and the loader that Dawn opens
const aptLine = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;

function aptInstall() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-q", "-o", "DPkg::Lock::Timeout=300"];
  const sudo = process.getuid() === 0 ? [] : ["sudo"];
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, "apt-get", ...wait, ...args];
    return run(command, rest, { env });
  };
  return apt("update") && apt("install", "-y", "--no-install-recommends", ...packages);
}

async function agreed(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (y/N) `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Finds a WebGPU adapter and Chromium, installing them on Debian: at once as root without a person at the terminal
 * (or with CI=true), after a question where there is one. Returns what is missing, with the line that provides it.
 */
export async function provideDevices() {
  let found = findDevices();
  const complete = () => found.adapter && found.chromium;
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const debian = /^ID=debian$/m.test(release);
  if (!complete() && debian) {
    const ci = process.env.CI === "true";
    const person = process.stdin.isTTY && process.stdout.isTTY && !ci;
    const install = person
      ? await agreed(`The tests want ${packages.join(" and ")}. Install with apt-get?`)
      : process.getuid() === 0;
    if (install && aptInstall()) found = findDevices();
  }
  console.log(`WebGPU adapter: ${found.adapter ?? "none"}, browser: ${found.chromium ?? "none"}`);
  const line = debian
    ? aptLine
    : "install Chromium or Chrome (and the Vulkan loader on Linux), or set CHROMIUM";
  return [
    ...(found.adapter ? [] : [`no WebGPU adapter, its tests are skipped; to have one: ${line}`]),
    ...(found.chromium ? [] : [`no Chromium, the browser tests are skipped; to have it: ${line}`]),
  ];
}
