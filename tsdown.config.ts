// One output file per source file, so that `sideEffects: false` lets a consumer's bundler drop what it does not use
// file by file, and a backend stays a lazy chunk of its own. `#platform` is left to the package's imports map.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig } from "tsdown";
import { buildWorker } from "./tools/build-worker.mjs";

const surface = [
  "index",
  "nn/index",
  "models/index",
  "optim/index",
  "data/index",
  "io/index",
  "train/losses/index",
  "train/metrics/index",
  "train/callbacks",
];
const internal = ["platform/node", "platform/browser", "backends/wasm/worker", "cli/main"];

/** Files for pages whose content security policy is strict: what `configure({ workerUrl, wasmUrl })` points at. */
async function writeAssets(dist: string): Promise<void> {
  const assets = join(dist, "assets");
  await mkdir(assets, { recursive: true });
  const { workerSource } = await import(pathToFileURL(join(dist, "backends/wasm/worker.js")).href);
  await writeFile(join(assets, "worker.js"), workerSource.trimStart());
  const { targets } = JSON.parse(await readFile(join(import.meta.dirname, "asconfig.json"), "utf8"));
  for (const { outFile } of Object.values<{ outFile: string }>(targets))
    await copyFile(join(import.meta.dirname, outFile), join(assets, basename(outFile)));
}

const ENUM = /let (\w+) = \/\* @__PURE__ \*\/ function\(\1\) \{\n([^}]*)\treturn \1;\n\}\(\{\}\);/g;
const MEMBER = /\w+\[\w+\["(\w+)"\] = (-?\d+)\] = "\w+";/g;

/** Parameter layouts as plain objects: nothing looks a name up by its number, so that half is not shipped. */
async function plainEnums(dist: string): Promise<void> {
  for (const name of ["params", "matmulParams", "arrayParams"]) {
    const file = join(dist, "assembly", `${name}.js`);
    const plain = (await readFile(file, "utf8")).replace(ENUM, (_, layout: string, body: string) => {
      const members = [...body.matchAll(MEMBER)].map(([, member, word]) => `${member}: ${word}`);
      return `const ${layout} = { ${members.join(", ")} };`;
    });
    await writeFile(file, plain);
  }
}

export default defineConfig({
  entry: Object.fromEntries([...surface, ...internal].map((name) => [name, `src/${name}.ts`])),
  format: "esm",
  platform: "neutral",
  target: "es2022",
  unbundle: true,
  minify: false,
  dts: { entry: surface.map((name) => `src/${name}.ts`) },
  deps: { neverBundle: ["#platform", /^node:/] },
  hooks: {
    "build:prepare": buildWorker,
    "build:done": async ({ options }) => {
      await plainEnums(options.outDir);
      await writeAssets(options.outDir);
    },
  },
  // Its own note on how long declarations take helps nobody who builds.
  inputOptions: { checks: { pluginTimings: false } },
  report: false,
  logLevel: "warn",
});
