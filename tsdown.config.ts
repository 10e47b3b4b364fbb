// Pages get one output file per source file, so that `sideEffects: false` lets their bundler drop what it does not use
// file by file, and a backend stays a lazy chunk of its own. Node drops nothing and takes a millisecond or more for each
// file, so it gets the same code in few chunks, under the export condition `node`.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig, type TsdownPlugin, type UserConfig } from "tsdown";
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

/** Edits a source file as Node gets it. Throws where `from` is not found. */
const edited = (file: RegExp, from: RegExp, to: string): TsdownPlugin => ({
  name: `edited ${file}`,
  transform: {
    filter: { id: file },
    handler(code: string, id: string): string {
      if (!from.test(code)) throw new Error(`${id} has no ${from}`);
      return code.replace(from, to);
    },
  },
});

const nodeEdits = [
  // The wasm backend answers at once and needs all its kernels from the start: the rare ones join its file.
  edited(
    /\/wasm\/lower\/segment\.ts$/,
    /^(.*)await import\("\.\/full\.ts"\)/s,
    'import { lowerFull } from "./full.ts";\n$1{ lowerFull }',
  ),
  // Readers, every layer and every optimizer are fetched with the first file. Bundlers of pages drop them by themselves;
  // an `import()` they would follow.
  ...["loadModel", "loadWeights"].map((name) =>
    edited(
      /\/src\/index\.ts$/,
      new RegExp(`export \\{[^}]*\\b${name}\\b[^}]*\\} from ("[^"]*");`),
      `export const ${name} = (...args) => import($1).then((module) => module.${name}(...args));`,
    ),
  ),
];

/** V8 decodes and scans a file of ASCII alone faster; other characters stand in strings only. */
const ascii = {
  name: "ascii",
  renderChunk: (code: string): string =>
    code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
};

const node: UserConfig = {
  ...common,
  plugins: [...nodeEdits, ascii],
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
