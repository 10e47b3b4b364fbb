/**
 * Logs of a training, an entry per epoch, as CSV or as JSON lines: into a store, or through a function. A training that
 * is resumed goes on after the entries that it had: those of epochs that are trained again are written anew.
 */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { openStore, type StoreLike } from "../io/stores.ts";
import type { Callback, Logs } from "./callback.ts";

/** A store, which is written whole after every epoch, or what takes new lines with their breaks. */
export type LogTarget = StoreLike | ((text: string) => void | Promise<void>);

const loggerOptions = options({
  /** Goes on after what the store holds. Default false. */
  append: flag(false),
});

/** Options of the loggers. */
export interface LoggerOptions extends OptionsOf<typeof loggerOptions> {}

/** Takes lines that follow what was logged before. */
interface Log {
  readonly before: string;
  /** @param text all lines so far @param more the new ones among them */
  write(text: string, more: string): void | Promise<void>;
}

async function openLog(target: LogTarget, append: boolean): Promise<Log> {
  if (typeof target === "function") return { before: "", write: (_, more) => target(more) };
  const store = openStore(target);
  // What cannot be read is not there yet; what cannot be written says so at the first epoch.
  const before = append ? await store.read().catch(() => undefined) : undefined;
  return {
    before: new TextDecoder().decode(before),
    write: (text) => store.write(new TextEncoder().encode(text)),
  };
}

function logger(
  name: string,
  target: LogTarget,
  options: LoggerOptions,
  line: (epoch: number, logs: Logs, isFirst: boolean) => string,
): Callback {
  const { append } = loggerOptions.read(name, options);
  if (typeof target !== "function") openStore(target);
  let log: Log;
  let text: string;
  return {
    name,
    async onTrainBegin() {
      log = await openLog(target, append);
      text = log.before;
    },
    async onEpochEnd(epoch, logs) {
      const more = line(epoch, logs, text === "");
      text += more;
      await log.write(text, more);
    },
    state: () => ({ text }),
    restore(state) {
      text = state.text as string;
    },
  };
}

/**
 * Comma-separated values with a heading: `epoch,loss,valLoss`. Epochs count from 0.
 *
 * @example
 * callbacks: [csvLogger("run/history.csv")]
 * @throws HeddleError when the target is none, or an option is wrong; while training, when it cannot be written
 */
export function csvLogger(target: LogTarget, options: LoggerOptions = {}): Callback {
  return logger("csvLogger", target, options, (epoch, logs, isFirst) => {
    const heading = isFirst ? `${["epoch", ...Object.keys(logs)].join()}\n` : "";
    return `${heading}${[epoch, ...Object.values(logs)].join()}\n`;
  });
}

/**
 * A JSON object per line: `{"epoch":0,"loss":2.3,"valLoss":2.1}`. NaN becomes null.
 * @throws HeddleError as {@link csvLogger}
 */
export function jsonLogger(target: LogTarget, options: LoggerOptions = {}): Callback {
  return logger("jsonLogger", target, options, (epoch, logs) => `${JSON.stringify({ epoch, ...logs })}\n`);
}
