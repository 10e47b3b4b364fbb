// One output file per source file, so that `sideEffects: false` lets a consumer's bundler drop what it does not use
// file by file, and a backend stays a lazy chunk of its own. `#platform` is left to the package's imports map.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig } from "tsdown";

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
  for (const name of ["heddle.wasm", "heddle-relaxed.wasm"])
    await copyFile(join(import.meta.dirname, "build", name), join(assets, name));
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
  hooks: { "build:done": ({ options }) => writeAssets(options.outDir) },
  // Its own note on how long declarations take helps nobody who builds.
  inputOptions: { checks: { pluginTimings: false } },
  report: false,
  logLevel: "warn",
});
