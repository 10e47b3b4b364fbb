// Results as a table for a terminal and a page of Markdown; both show the same rows.
import { engines } from "./engines.mjs";
import { median, speedup } from "./rounds.mjs";

const digits = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

/** One row per engine, the ratio against Heddle on one thread. */
function workloadRows(workload, found) {
  return workload.engines
    .filter((engine) => found[engine])
    .map((engine) => {
      const { label, isOurs } = engines[engine];
      const { version, rounds, failure } = found[engine];
      if (failure) return [label, version ?? "", "failed", "", "", failure.split("\n")[0]];
      const ms = median(rounds);
      const ratio = speedup(found.heddle, found[engine]);
      return [
        label,
        version,
        `${digits(ms)} ms`,
        digits(workload.flops / ms / 1e6),
        ratio === undefined || (isOurs && engine === "heddle") ? "" : `${digits(ratio)}×`,
        `${digits(Math.min(...rounds))} … ${digits(Math.max(...rounds))}`,
      ];
    });
}

const workloadHeader = ["engine", "version", "median", "GFLOP/s", "Heddle is", "rounds, ms"];
const goalHeader = ["goal", "asked", "got", "verdict"];
const figureHeader = ["figure", "value", "details"];

const goalRows = (goals) =>
  goals.map(({ goal, least, most, unit = "×", got, verdict }) => [
    goal,
    `${least === undefined ? "≤" : "≥"} ${least ?? most} ${unit}`,
    got === undefined ? "" : `${digits(got)} ${unit}`,
    verdict,
  ]);

const figureRows = (figures, found) =>
  figures
    .filter(({ name }) => found[name])
    .map(({ name, title, unit }) => {
      const { value, details = {}, failure } = found[name];
      if (failure) return [title, "failed", failure.split("\n")[0]];
      const listed = Object.entries(details).map(([what, amount]) => `${what} ${amount}`);
      return [title, `${digits(value)} ${unit}`, listed.join("; ")];
    });

/** Titles, headers and rows of everything that was measured. */
export function sections({ workloads, figures }, results) {
  const { machine, options } = results;
  const measured = workloads.filter(({ name }) => results.workloads[name]);
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}, Node ${machine.node}`,
    `Heddle ${results.heddle}; medians of ${options.rounds} rounds that go through all engines in turn, one process` +
      " each, one thread unless said; ratios are medians of each round's.",
  ];
  const tables = measured.map((workload) => ({
    title: workload.title,
    header: workloadHeader,
    rows: workloadRows(workload, results.workloads[workload.name]),
  }));
  if (Object.keys(results.figures).length > 0)
    tables.push({ title: "Figures", header: figureHeader, rows: figureRows(figures, results.figures) });
  tables.push({ title: "Goals", header: goalHeader, rows: goalRows(results.goals) });
  return { lines, tables };
}

export function asText({ lines, tables }) {
  const printed = tables.map(({ title, header, rows }) => {
    const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i].length)));
    const line = (row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd();
    return [title, ...[header, ...rows].map((row) => `  ${line(row)}`)].join("\n");
  });
  return `${lines.join("\n")}\n\n${printed.join("\n\n")}\n`;
}

export function asMarkdown({ lines, tables }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const printed = tables.map(({ title, header, rows }) =>
    [`## ${title}`, "", line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n"),
  );
  return `# Benchmarks\n\n${lines.join("\n\n")}\n\n${printed.join("\n\n")}\n`;
}
