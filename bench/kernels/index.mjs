// `npm run bench -- --suite kernels`: every kernel of the wasm backend by itself, on one thread, with both binaries, on
// this Node and the newest. The rows are TypeScript of this repository's sources: esbuild bundles them.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../../tools/setup.mjs";
import { newestNode, newestPath } from "../engines.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

async function bundled(use) {
  const folder = mkdtempSync(join(tmpdir(), "heddle-kernels-"));
  try {
    const { build } = await import("esbuild");
    await build({
      entryPoints: ["child.ts", "row.ts", "rows.ts"].map((file) => join(here, file)),
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      alias: { "#platform": join(root, "src/platform/node.ts") },
      external: ["webgpu", "pngjs", "jpeg-js"],
      logLevel: "error",
    });
    return await use((name) => join(folder, `${name}.mjs`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds by row and binary, of one Node. */
async function measuredBy(execPath, program, names, report) {
  const found = {};
  const child = fork(program, names, { execPath, stdio: ["ignore", 2, 2, "ipc"] });
  child.on("message", ({ name, ms }) => {
    report(name);
    found[name] = ms;
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the kernels ended with code ${code}`);
  return found;
}

/** The rows with `ms: { [node]: { plain, relaxed } }`. @param chosen names, or undefined for all */
export function measureKernels(chosen, report) {
  return bundled(async (file) => {
    const { rows } = await import(pathToFileURL(file("rows")).href);
    const { bytesOf } = await import(pathToFileURL(file("row")).href);
    const names = rows.map(({ name }) => name).filter((name) => chosen?.includes(name) ?? true);
    if (names.length === 0) throw new Error(`no such rows: ${rows.map(({ name }) => name).join(", ")}`);
    const nodes = [[process.versions.node, process.execPath]];
    if (newestNode()) nodes.push([newestNode(), newestPath]);
    const times = [];
    for (const [version, path] of nodes)
      times.push([
        version,
        await measuredBy(path, file("child"), names, (name) => report(`${name}: Node ${version}`)),
      ]);
    return rows
      .filter(({ name }) => names.includes(name))
      .map(({ name, title, flops, ...row }) => ({
        ...{ name, title, flops },
        bytes: flops === undefined ? Math.round(bytesOf(row)) : undefined,
        ms: Object.fromEntries(times.map(([version, found]) => [version, found[name]])),
      }));
  });
}
