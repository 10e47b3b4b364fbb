// One output file per source file, so that `sideEffects: false` lets a consumer's bundler drop what it does not use
// file by file, and a backend stays a lazy chunk of its own. `#platform` is left to the package's imports map.
import { defineConfig } from "tsdown";

const surface = ["index", "nn/index", "optim/index", "data/index", "io/index", "train/callbacks"];
const internal = ["platform/node", "platform/browser", "cli/main"];

export default defineConfig({
  entry: Object.fromEntries([...surface, ...internal].map((name) => [name, `src/${name}.ts`])),
  format: "esm",
  platform: "neutral",
  target: "es2022",
  unbundle: true,
  minify: false,
  dts: { entry: surface.map((name) => `src/${name}.ts`) },
  deps: { neverBundle: ["#platform", /^node:/] },
  report: false,
  logLevel: "warn",
});
