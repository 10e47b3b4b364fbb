// Training curves as an SVG: the error of classifiers over the epochs, on the training set and on the test set, from
// what `heddle train --log FILE.jsonl` writes.
//
//   node tools/curves.mjs docs/results/cifar.svg docs/results/cifar/*.jsonl
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const PANEL = { width: 330, height: 260 };
const LEFT = 56;
const TOP = 40;
/** Between panels, where the names of the curves stand. */
const GAP = 136;
const BOTTOM = 44;
/** Least distance of two names. */
const LINE = 16;
const COLOURS = ["#c2410c", "#0e7490", "#a16207", "#6d28d9", "#15803d", "#be185d"];

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const round = (value) => value.toFixed(1);
const text = (x, y, content, attributes = "") =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;

/** Places names beside the ends of their curves, apart from each other. */
function apart(ends) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  for (const [i, end] of sorted.entries()) if (i > 0) end.y = Math.max(end.y, sorted[i - 1].y + LINE);
  return sorted;
}

function panel(title, left, runs, valuesOf) {
  const epochs = Math.max(...runs.map(({ lines }) => lines.length));
  const x = (epoch) => left + (PANEL.width * (epoch - 1)) / Math.max(1, epochs - 1);
  const y = (percent) => TOP + PANEL.height * (1 - percent / 100);
  const bottom = TOP + PANEL.height;
  const grid = [0, 20, 40, 60, 80, 100].flatMap((percent) => [
    `<line x1="${left}" x2="${left + PANEL.width}" y1="${round(y(percent))}" y2="${round(y(percent))}" stroke="#e2e8f0"/>`,
    text(left - 8, y(percent) + 4, `${percent}%`, 'text-anchor="end" fill="#475569"'),
  ]);
  const stride = Math.ceil(epochs / 10);
  const ticks = Array.from({ length: epochs }, (_, i) => i + 1)
    .filter((epoch) => (epoch - 1) % stride === 0 || epoch === epochs)
    .map((epoch) => text(x(epoch), bottom + 18, String(epoch), 'text-anchor="middle" fill="#475569"'));
  const curves = runs.map(({ name, lines, colour }) => {
    const points = valuesOf(lines).map((value, i) => `${round(x(i + 1))},${round(y(value))}`);
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"><title>${escaped(name)}</title></polyline>`;
  });
  const ends = runs.map(({ name, lines, colour }) => ({ name, colour, y: y(valuesOf(lines).at(-1)) }));
  return [
    text(left, TOP - 14, title, 'font-weight="600"'),
    ...grid,
    ...ticks,
    ...curves,
    ...apart(ends).map(({ name, colour, y }) =>
      text(left + PANEL.width + 8, y + 4, name, `fill="${colour}"`),
    ),
  ];
}

/** @param runs `{ name, lines }`, a line per epoch with `accuracy` and `valAccuracy` */
function curves(runs) {
  const coloured = runs.map((run, i) => ({ ...run, colour: COLOURS[i % COLOURS.length] }));
  const error = (key) => (lines) => lines.map((line) => 100 * (1 - line[key]));
  const width = LEFT + 2 * (PANEL.width + GAP);
  const height = TOP + PANEL.height + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a">`,
    "<title>Training and test error over epochs</title>",
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...panel("Training error over epochs", LEFT, coloured, error("accuracy")),
    ...panel("Test error", LEFT + PANEL.width + GAP, coloured, error("valAccuracy")),
    "</svg>",
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, ...files] = process.argv.slice(2);
  const runs = files.map((file) => ({
    name: basename(file, ".jsonl"),
    lines: readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  }));
  writeFileSync(out, curves(runs));
}
