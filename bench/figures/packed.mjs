// Heddle as a user has it: packed and installed in a project of its own.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/setup.mjs";

function npm(args, cwd) {
  const { npm_execpath: cli } = process.env;
  const [command, first] = cli ? [process.execPath, [cli]] : ["npm", []];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd,
    encoding: "utf8",
    shell: !cli && process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** Makes a project of an empty folder. */
export function installPacked(folder) {
  const tarball = npm(["pack", "--ignore-scripts", "--pack-destination", folder], root).split("\n").at(-1);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball], folder);
}
