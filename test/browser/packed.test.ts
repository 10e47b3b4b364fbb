// What a user gets: the packed tarball, installed in an empty project, bundled by Vite, webpack and esbuild and run
// in Chromium; the same program in Node; and its types under settings without Node's and the GPU's.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright-core";
import { publint } from "publint";
import ts from "typescript";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import { browserPath, launchChromium, runInPage, serve } from "./harness.ts";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const built = existsSync(join(root, "dist/index.js"));

const entries = ["heddle", "heddle/nn", "heddle/optim", "heddle/data", "heddle/io", "heddle/callbacks"];
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
const html = (script: string) => `<!doctype html><script type="module" src="./${script}"></script>`;

/** Bundles `page.mjs` of a project into a folder with an index.html. */
const bundlers: Record<string, (project: string, out: string) => Promise<void>> = {
  async vite(project, out) {
    await writeFile(join(project, "index.html"), html("page.mjs"));
    await vite({ root: project, base: "./", logLevel: "error", build: { outDir: out, emptyOutDir: true } });
  },
  async webpack(project, out) {
    const compiler = webpack({
      context: project,
      mode: "production",
      entry: "./page.mjs",
      output: { path: out, filename: "page.js" },
      performance: false,
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    if (stats?.hasErrors() || stats?.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
    await writeFile(join(out, "index.html"), html("page.js"));
  },
  async esbuild(project, out) {
    const options = { bundle: true, splitting: true, minify: true, format: "esm" } as const;
    await esbuild({ ...options, entryPoints: [join(project, "page.mjs")], outdir: out, logLevel: "silent" });
    await writeFile(join(out, "index.html"), html("page.js"));
  },
};

async function filesUnder(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

describe.skipIf(!built)("packed install", () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "heddle-packed-"));
    const packed = join(project, "package");
    await mkdir(packed);
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
    const run = (args: string[], cwd: string) => exec(npm[0], [...npm.slice(1), ...args], { cwd });
    await run(["pack", "--ignore-scripts", "--pack-destination", project], root);
    const [tarball] = (await readdir(project)).filter((name) => name.endsWith(".tgz"));
    // The two libraries of the command come from this checkout, so that the install needs no network.
    for (const name of ["pngjs", "jpeg-js"])
      await cp(join(root, "node_modules", name), join(packed, name), { recursive: true });
    const dependencies = {
      heddle: `file:${tarball}`,
      pngjs: "file:package/pngjs",
      "jpeg-js": "file:package/jpeg-js",
    };
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies }),
    );
    await run(
      ["install", "--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"],
      project,
    );
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
    for (const file of await filesUnder(home, ".d.ts"))
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
    const { outputFiles, metafile } = await esbuild({
      ...options,
      entryPoints,
      outdir: project,
      logLevel: "silent",
    });
    const outputs = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]),
    );
    expect([...outputs.keys()]).toContain(join(project, "page.js"));
    const eager = new Set([join(project, "page.js")]);
    for (const path of eager)
      for (const { path: to, kind } of outputs.get(path)?.imports ?? [])
        if (kind === "import-statement") eager.add(resolve(to));
    const shader = "@compute";
    const binary = Buffer.from("\0asm").toString("base64").slice(0, 5);
    for (const { path, text } of outputFiles.filter((file) => eager.has(file.path))) {
      expect(text.includes(shader), `WGSL in ${path}`).toBe(false);
      expect(text.includes(`"${binary}`), `wasm in ${path}`).toBe(false);
    }
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
      for (const file of await filesUnder(out, ".js"))
        expect(await readFile(file, "utf8"), file).not.toMatch(/\b(from|import|require)\s*\(?\s*["']node:/);
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
