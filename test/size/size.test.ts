/** The bytes that a browser fetches to train the MLP on wasm: their ceiling, and modules that must not be among them. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchChromium, runInPage, type Site, serve } from "../browser/harness.ts";
import { html, installPacked, isBuilt } from "../browser/project.ts";

const CEILING = 80_000;

const program = `
  import { createModel, setDevice } from "heddle";
  import { digits } from "heddle/data";
  import * as nn from "heddle/nn";
  import { adam } from "heddle/optim";

  async function main() {
    await setDevice("wasm");
    const { train } = await digits({ train: 64, test: 0 });
    const net = nn.sequential(
      [
        nn.flatten(),
        nn.dense({ units: 64, activation: "relu" }),
        nn.dense({ units: 64, activation: "relu" }),
        nn.dense({ units: 10 }),
      ],
      { inputShape: [28, 28, 1] },
    );
    const model = createModel(net, { optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
    const { loss } = await model.fit(train, { epochs: 1, batchSize: 32 });
    const fetched = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    return { loss, fetched };
  }
  globalThis.__result = main();
`;

/** Files of the package and words that must not be in what is fetched. */
const unwantedFiles: Record<string, RegExp> = {
  "the WebGPU backend": /\/gpu\/|\/backends\/webgpu\//,
  "the other wasm binaries": /\/generated\/(?!relaxedCore)/,
  "the table of all elementwise ops": /\/ops\/elementwise\/table/,
  "the float64 reference": /\/kernel\/reference\//,
  "the verifier": /\/verify\//,
  "the Node side": /\/platform\/node|\/cli\//,
  "image decoders": /pngjs|jpeg-js/,
};
const unwantedWords: Record<string, RegExp> = {
  WGSL: /@compute|var<storage/,
  "a node: import": /\b(?:from|import)\s*\(?\s*["']node:/,
};

const gzipped = (text: string): number => gzipSync(text, { level: 9 }).length;

/** A file that the page fetched. */
interface Fetched {
  readonly path: string;
  readonly text: string;
  /** The modules in it. */
  readonly modules: readonly string[];
}

describe.skipIf(!isBuilt || !browserPath)("size", () => {
  let project: string;
  let browser: Browser;
  let site: Site;
  let files: readonly Fetched[];

  beforeAll(async () => {
    project = await installPacked();
    await writeFile(join(project, "page.mjs"), program);
    await writeFile(join(project, "index.html"), html("out/page.js"));
    const { outputFiles, metafile } = await build({
      entryPoints: [join(project, "page.mjs")],
      outdir: join(project, "out"),
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      metafile: true,
      logLevel: "silent",
      write: false,
    });
    await mkdir(join(project, "out"));
    const outputs = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]),
    );
    for (const { path, contents } of outputFiles) await writeFile(path, contents);
    site = await serve({ "/": project });
    browser = await launchChromium({ webgpu: true });
    const { loss, fetched } = await runInPage<{ loss: number[]; fetched: string[] }>(browser, site.url);
    expect(loss[0]).toBeGreaterThan(0);
    const all = outputFiles.map(({ path, text }) => ({
      path: `/${relative(project, path)}`,
      text,
      modules: Object.keys(outputs.get(path)?.inputs ?? {}),
    }));
    files = all.filter(({ path }) => fetched.includes(path));
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await rm(project, { recursive: true, force: true });
  });

  it(`is at most ${CEILING / 1000} kB, minified and compressed`, () => {
    expect(files.map(({ path }) => path)).toContain("/out/page.js");
    const sizes = files.map(({ path, text }) => `${path}: ${gzipped(text)}`);
    const total = files.reduce((sum, { text }) => sum + gzipped(text), 0);
    expect(total, sizes.join("\n")).toBeLessThanOrEqual(CEILING);
  });

  it("holds one wasm binary", () => {
    const modules = files.flatMap((file) => file.modules);
    expect(modules.filter((name) => name.includes("/generated/"))).toHaveLength(1);
  });

  it.each(Object.entries(unwantedFiles))("holds no part of %s", (_, pattern) => {
    const modules = files.flatMap((file) => file.modules);
    expect(modules.filter((name) => pattern.test(name))).toEqual([]);
  });

  it.each(Object.entries(unwantedWords))("holds no %s", (_, pattern) => {
    for (const { path, text } of files) expect(pattern.exec(text)?.[0], path).toBeUndefined();
  });
});
