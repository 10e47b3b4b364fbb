// A user's project: the packed tarball, installed in a folder of its own, and the bundlers that build pages from it.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** Whether there is a dist/ to pack. */
export const isBuilt = existsSync(join(root, "dist/index.js"));

/** Packs and installs; returns the project's folder. The caller removes it. */
export async function installPacked(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "heddle-packed-"));
  const packed = join(project, "package");
  await mkdir(packed);
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const run = (args: string[], cwd: string) => exec(npm[0], [...npm.slice(1), ...args], { cwd });
  await run(["pack", "--ignore-scripts", "--pack-destination", project], root);
  const [tarball] = (await readdir(project)).filter((name) => name.endsWith(".tgz"));
  // The libraries it depends on come from this checkout, so that the install needs no network.
  for (const name of ["pngjs", "jpeg-js", "fflate"])
    await cp(join(root, "node_modules", name), join(packed, name), { recursive: true });
  const dependencies = {
    heddle: `file:${tarball}`,
    pngjs: "file:package/pngjs",
    "jpeg-js": "file:package/jpeg-js",
    fflate: "file:package/fflate",
  };
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }),
  );
  await run(
    ["install", "--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"],
    project,
  );
  return project;
}

/** An import map of the installed package, made from its `exports` and `imports`: what a page without bundler needs. */
export async function importMap(project: string): Promise<string> {
  const home = "/node_modules/heddle";
  const { exports, imports } = JSON.parse(await readFile(join(project, home, "package.json"), "utf8"));
  const entries = Object.entries<{ default?: string }>(exports).flatMap(([name, { default: file }]) =>
    file ? [[name.replace(/^\./, "heddle"), join(home, file)]] : [],
  );
  entries.push(["#platform", join(home, imports["#platform"])]);
  return JSON.stringify({ imports: Object.fromEntries(entries) });
}

/** A page that loads a module. */
export const html = (script: string, head = ""): string =>
  `<!doctype html>${head}<script type="module" src="./${script}"></script>`;

/** Each bundles `page.mjs` of a project, and the workers that it starts, into a folder with an `index.html`. */
export const bundlers: Record<string, (project: string, out: string) => Promise<void>> = {
  async vite(project, out) {
    await writeFile(join(project, "index.html"), html("page.mjs"));
    await vite({
      root: project,
      base: "./",
      logLevel: "error",
      build: { outDir: out, emptyOutDir: true },
      worker: { format: "es" },
    });
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
    const worker = join(project, "worker.mjs");
    await esbuild({
      entryPoints: [join(project, "page.mjs"), ...(existsSync(worker) ? [worker] : [])],
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      outdir: out,
      outExtension: { ".js": ".mjs" },
      logLevel: "silent",
    });
    await writeFile(join(out, "index.html"), html("page.mjs"));
  },
};

/** Files below a folder whose names end so. */
export async function filesUnder(folder: string, ending: RegExp): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => ending.test(name)).map((name) => join(folder, name));
}
