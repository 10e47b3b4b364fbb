// The package as a user gets it: the packed tarball, installed in an empty project, bundled by Vite, webpack and esbuild and run
// in Chromium; the same program in Node; and its types under settings without Node's and the GPU's.
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright-core";
import { publint } from "publint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchChromium, runInPage, serve } from "./harness.ts";
import { bundlers, filesUnder, installPacked, isBuilt } from "./project.ts";

const exec = promisify(execFile);

const entries = [
  "heddle",
  "heddle/nn",
  "heddle/models",
  "heddle/optim",
  "heddle/data",
  "heddle/io",
  "heddle/losses",
  "heddle/metrics",
  "heddle/callbacks",
];
const program = `
  import { setDevice, tensor } from "heddle";

  export async function main(devices) {
    const results = {};
    for (const device of devices) {
      await setDevice(device);
      results[device] = Array.from(await tensor([1, 2, 3]).mul(2).data());
    }
    return results;
  }
`;
const page = `
  import { main } from "./program.mjs";
  globalThis.__result = main(["wasm", "webgpu"]);
`;

describe.skipIf(!isBuilt)("packed install", () => {
  let project: string;

  beforeAll(async () => {
    project = await installPacked();
    await writeFile(join(project, "program.mjs"), program);
    await writeFile(join(project, "page.mjs"), page);
  });

  afterAll(() => rm(project, { recursive: true, force: true }));

  it("is a well-formed package", async () => {
    const { messages } = await publint({ pkgDir: join(project, "node_modules/heddle"), pack: false });
    expect(messages).toEqual([]);
  });

  it("computes in Node", async () => {
    const script = `import { main } from "./program.mjs"; console.log(JSON.stringify(await main(["wasm"])));`;
    const { stdout, stderr } = await exec(process.execPath, ["--input-type=module", "-e", script], {
      cwd: project,
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ wasm: [2, 4, 6] });
  });

  it("has types of its own", async () => {
    const home = join(project, "node_modules/heddle/dist");
    for (const file of await filesUnder(home, /\.d\.ts$/))
      expect(await readFile(file, "utf8"), file).not.toMatch(/\bGPU[A-Z]\w*|\bNodeJS\b|["']node:/);
    const source = join(project, "consumer.ts");
    await writeFile(source, entries.map((entry) => `import "${entry}";\n`).join(""));
    const consumer = ts.createProgram([source], {
      strict: true,
      noEmit: true,
      types: [], // neither Node's nor WebGPU's
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    const messages = ts
      .getPreEmitDiagnostics(consumer)
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    expect(messages).toEqual([]);
  });

  it("loads a backend only when it is asked for", async () => {
    const entryPoints = [join(project, "page.mjs")];
    const options = { bundle: true, splitting: true, format: "esm", metafile: true, write: false } as const;
    const { metafile } = await esbuild({ ...options, entryPoints, outdir: project, logLevel: "silent" });
    const outputs = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]),
    );
    expect([...outputs.keys()]).toContain(join(project, "page.js"));
    const eager = new Set([join(project, "page.js")]);
    for (const path of eager)
      for (const { path: to, kind } of outputs.get(path)?.imports ?? [])
        if (kind === "import-statement") eager.add(resolve(to));
    const modules = [...eager].flatMap((path) => Object.keys(outputs.get(path)?.inputs ?? {}));
    expect(modules.filter((name) => /\/(backends|gpu|assembly)\//.test(name))).toEqual([]);
  });

  describe.skipIf(!browserPath)("in Chromium", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium({ webgpu: true });
    });
    afterAll(() => browser?.close());

    it.each(Object.keys(bundlers))("computes on every device, bundled by %s", async (name) => {
      const out = join(project, "out", name);
      await bundlers[name](project, out);
      for (const file of await filesUnder(out, /\.m?js$/)) {
        const text = await readFile(file, "utf8");
        expect(text, file).not.toMatch(/\b(from|import|require)\s*\(?\s*["']node:/);
        expect(text, `${file} holds the verifier`).not.toContain(
          "is overwritten while it is still to be read",
        );
      }
      const site = await serve({ "/": out }, { isolated: true });
      try {
        const expected = { wasm: [2, 4, 6], webgpu: [2, 4, 6] };
        expect(await runInPage(browser, site.url)).toEqual(expected);
      } finally {
        await site.close();
      }
    });
  });
});
