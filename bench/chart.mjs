// Results as a picture, SVG without a library: how fast every workload is, on a logarithmic axis, as a multiple of
// the fastest other wasm engine of the same Node.
import { engines, isOnNewest, onNewest } from "./engines.mjs";
import { speedup } from "./statistics.mjs";

const TITLE = "Speed as a multiple of the fastest other wasm engine, one thread";
const WIDTH = 860;
const LEFT = 220;
const RIGHT = 40;
const TOP = 64;
const ROW = 24;

/** The series of the chart, each with the engines of the same Node that it is compared with. */
function seriesOf({ machine, workloads }) {
  const hasNewest = Object.values(workloads).some((found) => found[onNewest("heddle")]);
  const major = (version) => `Node ${version.split(".")[0]}`;
  const isHere = (name) => !isOnNewest(name);
  return [
    { engine: "torch", label: "PyTorch (native)", colour: "#64748b", isOther: isHere, isHollow: true },
    {
      engine: "heddle-plain",
      label: `Heddle, plain SIMD, ${major(machine.node)}`,
      colour: "#0e7490",
      isOther: isHere,
    },
    {
      engine: hasNewest ? onNewest("heddle") : "heddle",
      label: `Heddle, relaxed SIMD, ${major(hasNewest ? machine.newestNode : machine.node)}`,
      colour: "#c2410c",
      isOther: hasNewest ? isOnNewest : isHere,
    },
  ];
}

function ratio(found, { engine, isOther }) {
  const ratios = Object.keys(found)
    .filter((name) => !engines[name].isOurs && !engines[name].isNative && isOther(name))
    .map((name) => speedup(found[engine], found[name]))
    .filter((value) => value !== undefined);
  return ratios.length > 0 ? Math.min(...ratios) : undefined;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const text = (x, y, content, attributes = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`;
const multiple = (value) => `${Number(value.toPrecision(2))}×`;

/** 1, 2 and 5 times the powers of ten between the bounds. */
function ticks(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const digit of [1, 2, 5]) found.push(digit * 10 ** power);
  return found.filter((value) => value >= low && value <= high);
}

/** @returns the picture, or undefined where no workload has another engine to compare with */
export function chart(workloads, results) {
  const series = seriesOf(results);
  const rows = workloads
    .map(({ name }) => {
      const found = results.workloads[name] ?? {};
      return { name, points: series.map((s) => ({ ...s, value: ratio(found, s) })) };
    })
    .filter(({ points }) => points.some(({ value }) => value !== undefined));
  const values = rows.flatMap(({ points }) => points.map(({ value }) => value)).filter((value) => value);
  if (values.length === 0) return undefined;
  const low = Math.min(0.5, ...values) / 1.2;
  const high = Math.max(4, ...values) * 1.2;
  const at = (value) => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(value / low)) / Math.log(high / low);
  const bottom = TOP + rows.length * ROW;

  const grid = ticks(low, high).flatMap((value) => [
    `<line x1="${at(value).toFixed(1)}" x2="${at(value).toFixed(1)}" y1="${TOP}" y2="${bottom}" stroke="${value === 1 ? "#1e293b" : "#e2e8f0"}"/>`,
    text(at(value), bottom + 18, multiple(value), 'text-anchor="middle" fill="#475569"'),
  ]);
  const marks = rows.flatMap(({ name, points }, row) => {
    const y = TOP + (row + 0.5) * ROW;
    return [
      text(LEFT - 12, y + 4, name, 'text-anchor="end"'),
      ...points
        .filter(({ value }) => value !== undefined)
        .map(({ value, colour, isHollow, label }) => {
          const fill = isHollow ? `fill="#ffffff" stroke="${colour}" stroke-width="2"` : `fill="${colour}"`;
          const title = `<title>${escaped(`${name}: ${label}, ${multiple(value)}`)}</title>`;
          return `<circle cx="${at(value).toFixed(1)}" cy="${y}" r="5" ${fill}>${title}</circle>`;
        }),
    ];
  });
  const legend = series.flatMap(({ label, colour, isHollow }, i) => {
    const x = 24 + i * 270;
    const fill = isHollow ? `fill="#ffffff" stroke="${colour}" stroke-width="2"` : `fill="${colour}"`;
    return [`<circle cx="${x}" cy="44" r="5" ${fill}/>`, text(x + 12, 48, label)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 32}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a">`,
    `<title>${TITLE}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(12, 22, TITLE, 'font-weight="600"'),
    ...legend,
    ...grid,
    ...marks,
    "</svg>",
    "",
  ].join("\n");
}
