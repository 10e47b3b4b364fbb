// Bundles a program, written as if it stood in src/, for a page: what the browser tests that need internals share.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Writes `page.js`, its lazy chunks, and an `index.html` that loads it into a folder. */
export async function bundleSource(contents: string, folder: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: join(root, "src"), loader: "ts", sourcefile: "page.ts" },
    alias: { "#platform": join(root, "src/platform/browser.ts") },
    entryNames: "page",
    outdir: folder,
    bundle: true,
    // Rows of the op suite are named after functions.
    keepNames: true,
    splitting: true,
    format: "esm",
    target: "es2022",
  });
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><script type="module" src="./page.js"></script>',
  );
}
