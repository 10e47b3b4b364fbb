/** Programs over the sources in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles a program of this folder; returns its path. */
export async function bundled(program: string, folder: string): Promise<string> {
  await build({
    entryPoints: [here(program)],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    alias: { "#platform": here("../../../src/platform/node.ts") },
    external: ["webgpu", "pngjs", "jpeg-js", "fflate"],
    logLevel: "error",
  });
  return join(folder, program.replace(/\.ts$/, ".mjs"));
}

export interface Child {
  readonly process: ChildProcess;
  /** Lines of its standard output so far. */
  readonly lines: string[];
  /** Resolves at the next line, or at the end. */
  next(): Promise<void>;
  /** What ended it: a signal's name, or its exit code. */
  readonly ended: Promise<string | number | null>;
}

export function start(program: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  let rest = "";
  let wake = (): void => {};
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    if (parts.length > 0) wake();
  });
  const ended = new Promise<string | number | null>((resolve) => {
    child.on("close", (code, signal) => {
      wake();
      resolve(signal ?? code);
    });
  });
  const next = () => Promise.race([new Promise<void>((resolve) => (wake = resolve)), ended.then(() => {})]);
  return { process: child, lines, next, ended };
}
