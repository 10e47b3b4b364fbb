// Measures rows on this Node, with plain and with relaxed SIMD in turn. Its arguments are the names of rows; it sends
// `{ name, ms: { plain, relaxed } }` for each.
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import { median } from "../statistics.mjs";
import type { Row } from "./row.ts";
import { rows } from "./rows.ts";
import { timerOf } from "./time.ts";

const ROUNDS = 7;
const ROUND_MS = 30;
const WARM_UP_MS = 100;
const BINARIES = ["plain", "relaxed"] as const;

const backends = new Map<string, Promise<WasmBackend>>();

/** One for each binary and choice of kernels. */
function backendOf(binary: (typeof BINARIES)[number], kernels: Row["choices"]): Promise<WasmBackend> {
  const key = `${binary} ${JSON.stringify(kernels)}`;
  const made = backends.get(key) ?? createWasmBackend({ threads: 1, relaxed: binary === "relaxed", kernels });
  backends.set(key, made);
  return made;
}

async function measure(row: Row): Promise<Record<string, number>> {
  const timers = await Promise.all(
    BINARIES.map(async (binary) => timerOf(row, await backendOf(binary, row.choices))),
  );
  for (const timer of timers) timer.sample(WARM_UP_MS);
  const rounds = Array.from({ length: ROUNDS }, () => timers.map((timer) => median(timer.sample(ROUND_MS))));
  for (const timer of timers) timer.dispose();
  return Object.fromEntries(BINARIES.map((binary, i) => [binary, median(rounds.map((round) => round[i]))]));
}

for (const row of rows.filter(({ name }) => process.argv.slice(2).includes(name)))
  process.send!({ name: row.name, ms: await measure(row) });
process.disconnect();
