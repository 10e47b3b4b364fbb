/** Runs the built `heddle` command as a user does. */
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const main = join(import.meta.dirname, "../../dist/node/cli/main.js");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for the files of one test file. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), "heddle-cli-"));

export function heddle(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  node = process.execPath,
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      node,
      [main, ...args],
      { env: { ...process.env, HEDDLE_DEBUG: "", ...env }, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** The object on the last line of the output. */
export const lastJson = ({ stdout }: Outcome): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
