// Results as a table for a terminal and a page of Markdown; both show the same rows.
import { engines, enginesOf, isOnNewest, onNewest } from "./engines.mjs";
import { median, speedup } from "./statistics.mjs";

export const digits = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0));

/** Heddle on one thread on the same Node; native engines are compared with this Node's. */
const baseline = (found, engine, ours) => found[isOnNewest(engine) ? onNewest(ours) : ours];

/** One row per engine; ratios are of Heddle on one thread and the same Node, with relaxed and with plain SIMD. */
function workloadRows(workload, found, asked) {
  return enginesOf(workload)
    .filter((engine) => found[engine])
    .map((engine) => {
      const { label } = engines[engine];
      const { version, node = "", rounds, failure } = found[engine];
      if (failure) return [label, version ?? "", node, "failed", "", "", "", failure.split("\n")[0]];
      const ms = median(rounds);
      const ratio = (ours) => {
        const value = speedup(baseline(found, engine, ours), found[engine]);
        return value === undefined ? "" : `${digits(value)}×`;
      };
      return [
        label,
        version,
        node,
        time(ms),
        digits(workload.flops / ms / 1e6),
        ratio("heddle"),
        ratio("heddle-plain"),
        `${time(Math.min(...rounds))} … ${time(Math.max(...rounds))}${share(rounds.length, asked)}`,
      ];
    });
}

/** A slow engine takes part in the first rounds only. */
const share = (count, asked) => (count < asked ? ` (${count} of ${asked})` : "");

export function time(ms) {
  if (ms < 0.1) return `${digits(1000 * ms)} µs`;
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

const workloadHeader = [
  "engine",
  "version",
  "Node",
  "median",
  "GFLOP/s",
  "Heddle relaxed is",
  "Heddle plain is",
  "rounds",
];
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
    .flatMap(({ name, title, unit }) => {
      const { value, details = {}, peers = [], failure } = found[name];
      if (failure) return [[title, "failed", failure.split("\n")[0]]];
      const listed = Object.entries(details).map(([what, amount]) => `${what} ${amount}`);
      return [
        [title, value === undefined ? "" : `${digits(value)} ${unit}`, listed.join("; ")],
        ...peers.map((peer) => [
          `${title}, ${peer.name}`,
          `${digits(peer.value)} ${unit}`,
          `Heddle takes ${digits(peer.ratio)}× its time`,
        ]),
      ];
    });

/** Titles, headers and rows of everything that was measured. */
export function sections({ workloads, figures }, results) {
  const { machine, options } = results;
  const measured = workloads.filter(({ name }) => results.workloads[name]);
  const lines = [
    [
      `${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}`,
      `Node ${machine.node}${machine.newestNode ? ` and ${machine.newestNode}` : ""}`,
    ].join(", "),
    `Heddle ${results.heddle}; medians of ${options.rounds} rounds that go through all engines in turn, one process` +
      " each, one thread unless said; ratios are medians of each round's.",
  ];
  const tables = measured.map((workload) => ({
    title: workload.title,
    header: workloadHeader,
    rows: workloadRows(workload, results.workloads[workload.name], options.rounds),
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

/** @param picture the file of the chart, if there is one */
export function asMarkdown({ lines, tables }, picture) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const printed = tables.map(({ title, header, rows }) =>
    [`## ${title}`, "", line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n"),
  );
  const shown = picture ? [...lines, `![Speed of each workload](${picture})`] : lines;
  return `# Benchmarks\n\n${shown.join("\n\n")}\n\n${printed.join("\n\n")}\n`;
}
