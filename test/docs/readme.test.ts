// The README's code blocks: its programs print what stands under them, its commands work.
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heddle, scratch } from "../cli/heddle.ts";
import { agrees, blocksOf, root, runProgram } from "./blocks.ts";

const blocks = await blocksOf("README.md");
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.trim().split("\n"))
  .map((line) => line.replace(/ *#.*/, "").split(" "));

describe("README.md", () => {
  it("has no block that is not run here", () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["js", "text", "sh"]));
  });

  blocks.forEach(({ language, text }, i) => {
    if (language !== "js") return;
    it(`program ${i + 1}`, { timeout: 60_000 }, async () => {
      const printed = (await runProgram(`readme-${i}`, text)).trimEnd().split("\n");
      const next = blocks[i + 1];
      const promised = next?.language === "text" ? next.text.trimEnd().split("\n") : [""];
      expect(printed.length).toBe(promised.length);
      printed.forEach((line, n) => {
        if (!agrees(line, promised[n])) expect(line).toBe(promised[n]);
      });
    });
  });

  it("names scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [program, name] of commands) if (program === "npm") expect(scripts).toHaveProperty(name);
  });

  it("shows commands that work", { timeout: 120_000 }, async () => {
    const folder = scratch();
    for (const [program, name, ...args] of commands) {
      if (program !== "npx") continue;
      expect(name).toBe("heddle");
      const there = args.map((arg) => (arg.endsWith(".safetensors") ? join(folder, arg) : arg));
      const { code, stdout, stderr } = await heddle(there);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
      if (args[0] === "predict") expect(stdout).toMatch(/^class 7\n/);
    }
    await rm(folder, { recursive: true });
  });
});
