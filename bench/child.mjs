// One engine with one workload in a process of its own, so that engines share no heap, thread or compiled code. The
// parent sends { type: "prepare", expected }, then { type: "measure", time } as often as it likes.
import { Bench } from "tinybench";
import { workloads } from "./workloads/index.mjs";

/** At least two runs with those of the check, but one of an engine that takes longer than SLOW_MS for it. */
const WARM_UP_MS = 400;
const SLOW_MS = 10_000;

const [engineJson, workloadName] = process.argv.slice(2);
const { peer, options } = JSON.parse(engineJson);
const { make } = workloads.find(({ name }) => name === workloadName);
let job;

/** Counts the runs of a job, whoever asks for them, and times the last one. */
function watch(job) {
  const { run } = job;
  const watched = {
    runs: 0,
    milliseconds: 0,
    release: () => Object.assign(job, { run }),
  };
  job.run = async () => {
    const begin = performance.now();
    const value = await run();
    watched.milliseconds = performance.now() - begin;
    watched.runs++;
    return value;
  };
  return watched;
}

const commands = {
  async prepare({ expected }) {
    const { start } = await import(`./peers/${peer}.mjs`);
    const engine = await start(options);
    const made = await make(engine);
    const watched = watch(made.job);
    const error = await made.check(expected);
    const begin = performance.now();
    const isWarm = () => watched.runs >= 2 && performance.now() - begin >= WARM_UP_MS;
    while (watched.milliseconds < SLOW_MS && !isWarm()) await made.job.run();
    job = watched.release();
    return { version: engine.version, node: process.versions.node, error, estimate: watched.milliseconds };
  },
  async measure({ time }) {
    const bench = new Bench({ time, iterations: 1, warmup: false, retainSamples: true, throws: true });
    const counted = []; // By the job itself, where it knows better.
    const run = async () => {
      await job.run();
      if (job.milliseconds !== undefined) counted.push(job.milliseconds);
    };
    bench.add(workloadName, run, { async: true });
    const [task] = await bench.run();
    return { samples: counted.length > 0 ? counted : [...task.result.latency.samples] };
  },
};

process.on("disconnect", () => process.exit());
process.on("message", async (message) => {
  try {
    process.send({ answer: await commands[message.type](message) });
  } catch (error) {
    process.send({ failure: error?.stack ?? String(error) });
  }
});
