// Measures a workload on its engines: each prepares and warms up alone, then rounds go through all of them, so that a
// busy moment of the machine meets everyone. Figures are medians of rounds, ratios medians of each round's ratio.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./statistics.mjs";

const child = fileURLToPath(new URL("child.mjs", import.meta.url));
/** An engine takes part in the first rounds only when one run in each would take longer. */
const BUDGET_MS = 12_000;

function startEngine(name, { peer, options, execPath = process.execPath, execArgv = [] }, workload) {
  // An engine's output goes to this process's error output, for standard output is the report.
  const args = [JSON.stringify({ peer, options }), workload];
  const handle = fork(child, args, { execPath, execArgv, stdio: ["ignore", 2, 2, "ipc"] });
  let settle;
  handle.on("message", ({ answer, failure }) =>
    failure === undefined ? settle?.resolve(answer) : settle?.reject(new Error(failure)),
  );
  handle.on("exit", (code) => settle?.reject(new Error(`${name} ended with code ${code}`)));
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        handle.send(message, (error) => error && reject(error));
      }),
    stop: () => handle.connected && handle.disconnect(),
  };
}

/** In how many of the rounds an engine takes part whose run takes `estimate` milliseconds. */
export const roundsOf = (estimate, rounds) => Math.min(rounds, Math.max(1, Math.floor(BUDGET_MS / estimate)));

/**
 * @param engines how each is started, by name, as in engines.mjs
 * @returns for each engine `{ version, node, error, rounds }` (milliseconds of each round), or `{ failure }`; a slow
 *   engine took part in the first rounds only
 */
export async function measure({ name, tolerance, expected }, engines, { rounds, time }, report = () => {}) {
  const found = {};
  const running = [];
  report(`${name}: the reference`);
  const exact = expected();
  for (const [engine, described] of Object.entries(engines)) {
    report(`${name}: ${engine} prepares`);
    const started = startEngine(engine, described, name);
    try {
      const { estimate, ...about } = await started.ask({ type: "prepare", expected: exact });
      const { error } = about;
      found[engine] = { ...about, rounds: [] };
      if (!(error <= tolerance)) throw new Error(`its result is off by ${error}, more than ${tolerance}`);
      running.push({ engine, started, rounds: roundsOf(estimate, rounds) });
    } catch (error) {
      found[engine] = { ...found[engine], failure: error.message };
      started.stop();
    }
  }
  for (let round = 0; round < rounds; round++) {
    report(`${name}: round ${round + 1} of ${rounds}`);
    // Backwards every other time: nobody always follows the same one.
    for (const { engine, started, rounds: last } of round % 2 ? running.toReversed() : running) {
      if (round >= last || found[engine].failure) continue;
      try {
        const { samples } = await started.ask({ type: "measure", time });
        found[engine].rounds.push(median(samples));
      } catch (error) {
        found[engine].failure = error.message;
      }
    }
  }
  for (const { started } of running) started.stop();
  return found;
}
