// Results of the kernel benchmarks as lines and a table for ../report.mjs.
import { digits, time } from "../report.mjs";

const rate = ({ flops, bytes }, ms) =>
  flops === undefined ? `${digits(bytes / ms / 1e6)} GB/s` : `${digits(flops / ms / 1e6)} GFLOP/s`;

/** Lines and a table, as report.mjs prints them. */
export function kernelSections({ heddle, machine, rows }) {
  const columns = Object.entries(rows[0].ms).flatMap(([node, ms]) =>
    Object.keys(ms).map((binary) => ({ node, binary })),
  );
  return {
    lines: [
      `${machine.cpu}, ${machine.cores} cores, ${machine.memory}`,
      `Heddle ${heddle}: each kernel alone on one thread, without the copies in and out. FLOPs are those of the` +
        " definition, whatever the algorithm; GB/s count every value once.",
    ],
    tables: [
      {
        title: "Kernels of the wasm backend",
        header: [
          "row",
          "what",
          ...columns.map(({ node, binary }) => `Node ${node.split(".")[0]}, ${binary}`),
        ],
        rows: rows.map((row) => [
          row.name,
          row.title,
          ...columns.map(({ node, binary }) => {
            const ms = row.ms[node][binary];
            return `${time(ms)}, ${rate(row, ms)}`;
          }),
        ]),
      },
    ],
  };
}
