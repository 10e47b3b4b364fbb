// The pages under bench/results and the README's table show the committed results.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pagesOf, readmeOf } from "../../bench/pages.mjs";
import { withSummary } from "../../bench/readme.mjs";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const shown = /bench\/results\/([\w-]+)\.md/.exec(read("README.md"))![1];
const names = readdirSync(join(root, "bench/results"))
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""));

describe("benchmark results", () => {
  it.each(names)("%s: page and chart are up to date (npm run bench -- --pages NAME)", (name) => {
    const pages = pagesOf(name);
    expect(Object.keys(pages)).toContain(`bench/results/${name}.md`);
    for (const [path, content] of Object.entries(pages)) expect(read(path)).toBe(content);
  });

  it("are those that the README sums up", () => {
    expect(names).toContain(shown);
    expect(read("README.md")).toBe(readmeOf(shown));
  });

  it("have a place in the README", () => {
    expect(() => withSummary("# A page without marks", "")).toThrow("has no marks");
  });
});
