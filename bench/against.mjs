// `npm run bench -- --against REV`: this tree and another commit, in one run, round by round. A workload has become
// slower when the whole confidence interval of the median ratio lies beyond the margin.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../tools/setup.mjs";
import { engines } from "./engines.mjs";
import { measure } from "./rounds.mjs";
import { compare } from "./statistics.mjs";

const OURS = ["heddle", "heddle-plain", "heddle-2"];

function command(program, args, cwd) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr || stdout}`);
  return stdout.trim();
}

/** Another commit, built in a temporary work tree that shares the node modules; `use` gets its folder. */
async function withCommit(revision, use) {
  const commit = command("git", ["rev-parse", "--short", "--verify", `${revision}^{commit}`], root);
  const parent = mkdtempSync(join(tmpdir(), "heddle-against-"));
  const folder = join(parent, commit);
  try {
    command("git", ["worktree", "add", "--detach", folder, commit], root);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    command(process.execPath, [join(folder, "tools/build-wasm.mjs")], folder);
    command(process.execPath, [join(root, "node_modules/tsdown/dist/run.mjs"), "--logLevel", "warn"], folder);
    return await use(folder, commit);
  } finally {
    if (existsSync(folder)) spawnSync("git", ["worktree", "remove", "--force", folder], { cwd: root });
    rmSync(parent, { recursive: true, force: true });
  }
}

/** @returns whether no workload has become slower */
export async function against(revision, workloads, { rounds, time }, report) {
  report(`builds ${revision}`);
  return withCommit(revision, async (folder, commit) => {
    const home = pathToFileURL(`${folder}/`).href;
    const chosen = Object.fromEntries(
      OURS.flatMap((name) => [
        [name, engines[name]],
        [`${name}@${commit}`, { ...engines[name], options: { ...engines[name].options, home } }],
      ]),
    );
    let isGood = true;
    for (const workload of workloads) {
      const found = await measure(workload, chosen, { rounds, time }, report);
      console.log(workload.name);
      for (const name of OURS) {
        const failed = [name, `${name}@${commit}`].find((engine) => found[engine].failure);
        if (failed) {
          console.log(`  ${failed}: ${found[failed].failure.split("\n")[0]}`);
          isGood &&= failed !== name;
          continue;
        }
        const { ratio, low, high, verdict } = compare(found[name], found[`${name}@${commit}`]);
        const spread = `${low.toFixed(3)} … ${high.toFixed(3)}`;
        console.log(`  ${name.padEnd(14)} ${ratio.toFixed(3)}× of ${commit}  (${spread})  ${verdict}`);
        isGood &&= verdict !== "slower";
      }
    }
    return isGood;
  });
}
