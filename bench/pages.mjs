// Makes a results file's page, its chart and the README's summary. All of it from the file alone, so that
// it can be made anew, and tests can compare it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/setup.mjs";
import { chart } from "./chart.mjs";
import { figures } from "./figures/index.mjs";
import { kernelSections } from "./kernels/report.mjs";
import { summary, withSummary } from "./readme.mjs";
import { asMarkdown, sections } from "./report.mjs";
import { workloads } from "./workloads/index.mjs";

const folder = join(root, "bench/results");
export const resultsFile = (name) => join(folder, `${name}.json`);

/** Lines and tables of results, whatever suite they are of. */
export const shownOf = (results) =>
  results.rows ? kernelSections(results) : sections({ workloads, figures }, results);

/** Contents by path from the root of the repository, of bench/results/NAME.json. */
export function pagesOf(name) {
  const results = JSON.parse(readFileSync(resultsFile(name), "utf8"));
  const picture = results.workloads && chart(workloads, results);
  const page = asMarkdown(shownOf(results), picture && `${name}.svg`);
  const pages = { [`bench/results/${name}.md`]: page };
  if (picture) pages[`bench/results/${name}.svg`] = picture;
  return pages;
}

/** The README with the summary of bench/results/NAME.json. */
export function readmeOf(name) {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const results = JSON.parse(readFileSync(resultsFile(name), "utf8"));
  return withSummary(readme, summary(workloads, results, name));
}

export function writePages(name) {
  for (const [path, content] of Object.entries(pagesOf(name))) writeFileSync(join(root, path), content);
}

export const writeReadme = (name) => writeFileSync(join(root, "README.md"), readmeOf(name));
