// Pages get one output file per source file, so that `sideEffects: false` lets their bundler drop what it does not use
// file by file, and a backend stays a lazy chunk of its own. Node drops nothing and takes a millisecond or more for each
// file, so it gets the same code in few chunks, under the export condition `node`.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig, type UserConfig } from "tsdown";
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
const internal = ["platform/browser", "backends/wasm/worker"];

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

const common = {
  format: "esm",
  target: "es2022",
  minify: false,
  report: false,
  logLevel: "warn",
  // How long plugins take helps nobody who builds, and what pages load lazily may be in Node's engine chunk anyway.
  inputOptions: { checks: { pluginTimings: false, ineffectiveDynamicImport: false } },
} satisfies UserConfig;

const entries = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));

const pages: UserConfig = {
  ...common,
  entry: entries([...surface, ...internal]),
  platform: "neutral",
  unbundle: true,
  dts: { entry: surface.map((name) => `src/${name}.ts`) },
  deps: { neverBundle: ["#platform", /^node:/] },
  hooks: {
    "build:done": async ({ options }) => {
      await plainEnums(options.outDir);
      await writeAssets(options.outDir);
    },
  },
};

const node: UserConfig = {
  ...common,
  entry: entries([...surface, "cli/main"]),
  outDir: "dist/node",
  platform: "node",
  dts: false,
  alias: { "#platform": join(import.meta.dirname, "src/platform/node.ts") },
  fixedExtension: false,
  hash: false,
  outputOptions: {
    comments: { annotation: true, jsdoc: false, legal: true },
    codeSplitting: {
      groups: [
        // What `heddle` imports is one chunk, which all entries share: there is one engine in a process.
        { name: "engine", test: /\/src\/index\.ts$/, priority: 2 },
        { name: "layers", test: /\/src\/(nn|optim)\/index\.ts$/, priority: 1 },
      ],
    },
  },
};

export default defineConfig(async () => {
  await buildWorker();
  return [pages, node];
});
