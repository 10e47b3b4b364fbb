/** Logs of a training, an entry per epoch, as CSV or as JSON lines: into a store, or through a function. */
import { openStore, type StoreLike } from "../io/stores.ts";
import type { Callback, Logs } from "./callback.ts";

/** A store, which is written whole after every epoch, or what takes new lines with their breaks. */
export type LogTarget = StoreLike | ((text: string) => void | Promise<void>);

export interface LoggerOptions {
  /** Goes on after what the store holds. Default false. */
  append?: boolean;
}

/** Adds lines, and says whether there were any before. */
interface Log {
  readonly isNew: boolean;
  add(text: string): void | Promise<void>;
}

async function openLog(target: LogTarget, append: boolean): Promise<Log> {
  if (typeof target === "function") return { isNew: true, add: target };
  const store = openStore(target);
  // What cannot be read is not there yet; what cannot be written says so at the first epoch.
  const before = append ? await store.read().catch(() => undefined) : undefined;
  let text = new TextDecoder().decode(before);
  return {
    isNew: text === "",
    add(more) {
      text += more;
      return store.write(new TextEncoder().encode(text));
    },
  };
}

function logger(
  target: LogTarget,
  { append = false }: LoggerOptions,
  line: (epoch: number, logs: Logs, isFirst: boolean) => string,
): Callback {
  let log: Log;
  let isFirst: boolean;
  return {
    async onTrainBegin() {
      log = await openLog(target, append);
      isFirst = log.isNew;
    },
    async onEpochEnd(epoch, logs) {
      await log.add(line(epoch, logs, isFirst));
      isFirst = false;
    },
  };
}

/**
 * Comma-separated values with a heading: `epoch,loss,valLoss`. Epochs count from 0.
 *
 * @example
 * callbacks: [csvLogger("run/history.csv")]
 */
export function csvLogger(target: LogTarget, options: LoggerOptions = {}): Callback {
  return logger(target, options, (epoch, logs, isFirst) => {
    const heading = isFirst ? `${["epoch", ...Object.keys(logs)].join()}\n` : "";
    return `${heading}${[epoch, ...Object.values(logs)].join()}\n`;
  });
}

/** A JSON object per line: `{"epoch":0,"loss":2.3,"valLoss":2.1}`. NaN becomes null. */
export function jsonLogger(target: LogTarget, options: LoggerOptions = {}): Callback {
  return logger(target, options, (epoch, logs) => `${JSON.stringify({ epoch, ...logs })}\n`);
}
