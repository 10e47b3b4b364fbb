// The README's summary of a results file: one row per workload, Heddle with relaxed SIMD against the others, all on the
// Node that ran the benchmarks; then the single figures. What is written there by hand stands outside the marks.
import { digits, time } from "./report.mjs";
import { median, speedup } from "./statistics.mjs";

const BEGIN = "<!-- benchmarks: begin. Made by `npm run bench -- --pages NAME`. -->";
const END = "<!-- benchmarks: end -->";

/** Columns: title and the engines of which the fastest is shown. */
const others = [
  ["TensorFlow.js", ["tfjs"]],
  ["ONNX Runtime Web", ["ort"]],
  ["jax-js", ["jax", "jax-jit"]],
  ["PyTorch, native", ["torch"]],
];

const timeOf = (engine) => (engine?.rounds?.length && !engine.failure ? time(median(engine.rounds)) : "–");

/** Time of the fastest, and how many times faster Heddle is. */
function compared(found, names) {
  const measured = names
    .map((name) => ({ name, ratio: speedup(found.heddle, found[name]) }))
    .filter(({ ratio }) => ratio !== undefined)
    .sort((a, b) => a.ratio - b.ratio);
  if (measured.length === 0) return "–";
  const [{ name, ratio }] = measured;
  return `${timeOf(found[name])} · ${digits(ratio)}×`;
}

function table(header, rows) {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const sentences = {
  start: ({ value, details, peers = [] }) =>
    `Process start to the first matmul result takes ${[
      `${digits(value)} ms (Node alone ${details["Node alone"]})`,
      ...peers.map((peer) => `${peer.name} ${digits(peer.value)} ms`),
    ].join(", ")}.`,
  size: ({ value }) => `A page that trains an MLP on wasm fetches ${digits(value)} kB, compressed.`,
  epoch: ({ value, details: { Heddle: ours, PyTorch: theirs, images } }) =>
    `One epoch of the CNN by \`fit\`, two threads, ${images} images: ${ours}` +
    (theirs ? `; PyTorch ${theirs}: Heddle takes ${digits(value)} times its time.` : "."),
};

/** @param name of the results, a file of bench/results without its ending */
export function summary(workloads, { machine, options, ...results }, name) {
  const rows = workloads
    .filter((workload) => results.workloads[workload.name])
    .map((workload) => {
      const found = results.workloads[workload.name];
      return [
        workload.title,
        timeOf(found.heddle),
        timeOf(found["heddle-2"]),
        ...others.map(([, names]) => compared(found, names)),
      ];
    });
  const figures = Object.entries(sentences).flatMap(([figure, sentence]) => {
    const found = results.figures[figure];
    return found?.details && !found.failure ? [sentence(found)] : [];
  });
  return [
    [
      `Measured on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}: medians of ${options.rounds} rounds in which`,
      "the engines took turns, all on one thread but for Heddle's second column.",
      `[All figures](bench/results/${name}.md): plain SIMD, the newest Node and ONNX Runtime Node too.`,
    ].join("\n"),
    table(["Workload", "Heddle", "2 threads", ...others.map(([title]) => title)], rows),
    `![Speed of each workload as a multiple of the fastest other wasm engine](bench/results/${name}.svg)`,
    figures.join("\n"),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** A README with another summary between its marks. */
export function withSummary(readme, text) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("the README has no marks for the benchmarks");
  return `${readme.slice(0, begin)}${BEGIN}\n\n${text}\n\n${readme.slice(end)}`;
}
