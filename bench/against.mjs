// `npm run bench -- --against REV`: this tree and another commit, in one run, round by round. A workload has become
// slower when the whole confidence interval of the median ratio lies beyond the margin.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../tools/setup.mjs";
import { engines } from "./engines.mjs";
import { measure, median } from "./rounds.mjs";

const MARGIN = 0.03;
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

/** The order statistics between which the median lies with 95% probability, whatever the distribution. */
export function confidence(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  // Binomial tail: how many of the smallest may be left out.
  let out = 0;
  let probability = 0.5 ** n;
  for (let tail = probability; tail <= 0.025 && out < n; ) {
    out++;
    probability *= (n - out + 1) / out;
    tail += probability;
  }
  const first = Math.max(0, out - 1);
  return [sorted[first], sorted[n - 1 - first]];
}

/** The ratio of each round: above 1, this tree is faster. */
export function compare(mine, theirs) {
  const ratios = mine.rounds.map((ms, round) => theirs.rounds[round] / ms);
  const [low, high] = confidence(ratios);
  const verdict = high < 1 - MARGIN ? "slower" : low > 1 + MARGIN ? "faster" : "same";
  return { ratio: median(ratios), low, high, verdict };
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
