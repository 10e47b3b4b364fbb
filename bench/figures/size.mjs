// The bytes that a browser fetches to train the MLP on wasm: a packed install bundled by esbuild with code splitting, every file
// minified and gzipped. Of the two core binaries it fetches one: the larger counts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { installPacked } from "./packed.mjs";

const program = `
import { createModel, setDevice } from "heddle";
import * as nn from "heddle/nn";
import * as optim from "heddle/optim";

export async function train(x, y) {
  await setDevice("wasm");
  const units = 512;
  const layers = [nn.dense({ units, activation: "relu" }), nn.dense({ units, activation: "relu" }), nn.dense({ units: 10 })];
  const net = nn.sequential(layers, { inputShape: [784] });
  const model = createModel(net, { optimizer: optim.adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit([x, y], { epochs: 1, batchSize: 128 });
  return model;
}
`;

/** Every output of the bundle with its kind, its imports and its size. */
async function bundle(folder) {
  installPacked(folder);
  writeFileSync(join(folder, "program.js"), program);
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["program.js"],
    outdir: "out",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const bytes = new Map(
    outputFiles.map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]),
  );
  return Object.entries(metafile.outputs).map(([path, output]) => ({
    path,
    bytes: bytes.get(join(folder, path)),
    inputs: Object.keys(output.inputs),
    imports: output.imports,
    isEntry: output.entryPoint === "program.js",
  }));
}

/** The chunks that `program.js` loads: its static imports, and of the dynamic ones those that it `takes`. */
function reachable(chunks, takes) {
  const found = new Set();
  const visit = (chunk) => {
    if (found.has(chunk)) return;
    found.add(chunk);
    for (const { path, kind, external } of chunk.imports) {
      const next = chunks.find((c) => c.path === path);
      if (!external && next && (kind !== "dynamic-import" || takes(next))) visit(next);
    }
  };
  visit(chunks.find(({ isEntry }) => isEntry));
  return [...found];
}

const has = (part) => (chunk) => chunk.inputs.some((input) => input.includes(part));
const isBinary = has("/wasm/generated/");
/** Chunks that training an MLP on wasm fetches: the backend and one of its core binaries. */
const isTaken = (chunk) => has("/backends/wasm/index")(chunk) || (isBinary(chunk) && has("Core.")(chunk));
const total = (chunks) => chunks.reduce((sum, { bytes }) => sum + bytes, 0);
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

export const size = {
  name: "size",
  title: "a browser's download to train the MLP on wasm, gzipped",
  unit: "kB",
  isDefault: true,
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), "heddle-size-"));
    try {
      const chunks = await bundle(folder);
      const loaded = reachable(chunks, isTaken);
      const code = loaded.filter((chunk) => !isBinary(chunk));
      const binary = Math.max(0, ...loaded.filter(isBinary).map(({ bytes }) => bytes));
      const apart = reachable(chunks, () => true).filter((chunk) => !loaded.includes(chunk));
      return {
        value: (total(code) + binary) / 1000,
        details: {
          JavaScript: kilobytes(total(code)),
          wasm: kilobytes(binary),
          "fetched when asked for": kilobytes(total(apart)),
          files: code.map(({ path, bytes }) => `${path.replace("out/", "")} ${kilobytes(bytes)}`).join(", "),
        },
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
