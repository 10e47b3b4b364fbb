// Every page of the guide is a program: its code blocks, one after the other, print what their comments say.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agrees, blocksOf, programOf, promisesOf, root, runProgram } from "./blocks.ts";

const pages = (await readdir(join(root, "docs/guide"))).filter((name) => name.endsWith(".md"));

describe("docs/guide", () => {
  for (const page of pages) {
    it(page, async () => {
      const program = programOf(await blocksOf(`docs/guide/${page}`));
      if (program === "") return;
      const printed = (await runProgram(page, program)).trimEnd().split("\n");
      const promised = promisesOf(program);
      expect(printed.length).toBe(promised.length);
      printed.forEach((line, i) => {
        if (!agrees(line, promised[i])) expect(line).toBe(promised[i]);
      });
    });
  }
});
