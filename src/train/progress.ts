/**
 * A live bar on a terminal, a line per epoch elsewhere. Writes through a given function, so that it runs anywhere:
 * `epoch 1/3 ━━━━━━╸──── 210/469 loss 0.2104 accuracy 0.9361 3,512 samples/s 0:09 left`
 */
import { flag, fromZero } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";
import type { BatchLogs, Callback, Logs, TrainingRun } from "./callback.ts";

const aFunction = kind<(text: string) => void>((value) =>
  typeof value === "function" ? "" : "must be a function",
);

const progressOptions = options({
  /** Takes text with its line breaks. Default: the process's standard output; where there is none, console.log by lines. */
  write: aFunction(),
  /** Redraws one line. Default: whether the standard output is a terminal. */
  live: flag(),
  /** Of the terminal. Default: what it says, else 80. */
  columns: fromZero(),
});

/** Options of {@link progress}. */
export interface ProgressOptions extends OptionsOf<typeof progressOptions> {}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW = 80;
/** Widest bar; it shrinks before the numbers do. */
const BAR = 20;

/** Shows the progress of `fit`. @throws HeddleError when an option is wrong */
export function progress(options: ProgressOptions = {}): Callback {
  const values = progressOptions.read("progress", options);
  const terminal = (globalThis as { process?: { stdout?: Terminal } }).process?.stdout;
  const write = values.write ?? (terminal ? (text: string) => void terminal.write(text) : lines());
  const live = values.live ?? (!values.write && terminal?.isTTY === true);
  // A terminal that does not know its width says 0.
  const columns = (values.columns ?? terminal?.columns) || 80;

  let begun = 0;
  let drawn = 0;
  let seen = 0;
  const heading = (epoch: number, run: TrainingRun): string => `epoch ${epoch + 1}/${run.epochs}`;
  const rate = (): number => seen / Math.max(1e-3, (performance.now() - begun) / 1000);

  const draw = ({ epoch, step, means }: BatchLogs, run: TrainingRun): void => {
    const done = (step + 1) / run.steps;
    const speed = rate();
    const head = `${heading(epoch, run)} `;
    const parts = [
      `${step + 1}/${run.steps}`,
      ...shown(means),
      `${Math.round(speed).toLocaleString("en-US")} samples/s`,
      `${clock(((1 - done) * run.samples) / speed)} left`,
    ];
    const tail = ` ${parts.join(" ")}`;
    const room = Math.max(0, columns - 1 - head.length - tail.length);
    write(`\r${(head + bar(done, Math.min(BAR, room)) + tail).slice(0, columns - 1).padEnd(columns - 1)}`);
  };

  return {
    onEpochBegin() {
      begun = performance.now();
      drawn = 0;
      seen = 0;
    },
    onBatchEnd(logs, run) {
      for (const { samples } of logs) seen += samples;
      const last = logs.at(-1);
      if (!live || !last || performance.now() - drawn < REDRAW) return;
      drawn = performance.now();
      draw(last, run);
    },
    onEpochEnd(epoch, logs, run) {
      const speed = `${Math.round(rate()).toLocaleString("en-US")} samples/s`;
      const took = clock((performance.now() - begun) / 1000);
      const line = [heading(epoch, run), ...shown(logs), speed, took].join(" ");
      write(live ? `\r${line.padEnd(columns - 1)}\n` : `${line}\n`);
      drawn = 0;
    },
    onTrainEnd({ stopReason }) {
      // A bar that was cut short keeps its line.
      if (live && drawn > 0) write("\n");
      if (stopReason !== undefined) write(`stopped: ${stopReason}\n`);
    },
  };
}

const shown = (logs: Logs): string[] =>
  Object.entries(logs).map(([name, value]) => `${name} ${value.toFixed(4)}`);

function bar(done: number, width: number): string {
  const filled = Math.round(Math.min(1, done) * width);
  return "━".repeat(filled) + "─".repeat(width - filled);
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Where there is only a console, it takes whole lines. */
function lines(): (text: string) => void {
  return (text) => console.log(text.replace(/\n$/, ""));
}
