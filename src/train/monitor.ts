/** Follows one number of the logs: which direction is better, and when it was best. */
import { fail } from "../base/errors.ts";
import { notNegative, oneOf } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Logs } from "./callback.ts";

const logName = kind<string>((name) => (typeof name === "string" ? "" : "must be a name in the logs"));

export const monitorOptions = options({
  /** The name in the logs. Default `valLoss`. */
  monitor: logName("valLoss"),
  /** Default: `max` for accuracies, auc, precision, recall, f1 and r2, else `min`. */
  mode: oneOf("min", "max")(),
  /** Smaller changes count as none. Default 0. */
  minDelta: notNegative(0),
});

/** Options of callbacks that follow a number of the logs. */
export interface MonitorOptions extends OptionsOf<typeof monitorOptions> {}

const MORE_IS_BETTER = /accuracy|^(val)?(auc|precision|recall|f1|r2)$/i;

export class Monitor {
  best: number | undefined;
  readonly name: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;

  constructor(
    readonly where: string,
    { monitor, mode, minDelta }: ValuesOf<typeof monitorOptions>,
  ) {
    this.name = monitor;
    this.#sign = (mode ?? (MORE_IS_BETTER.test(monitor) ? "max" : "min")) === "max" ? 1 : -1;
    this.#minDelta = minDelta;
  }

  /** Whether this is the best so far. @throws HeddleError when the logs lack the name */
  isBetter(logs: Logs): boolean {
    const value = logs[this.name];
    if (value === undefined) {
      const hint = this.name.startsWith("val") ? "; fit needs validationData or validationSplit" : "";
      fail(this.where, `monitors "${this.name}": got ${Object.keys(logs).join(", ")}${hint}`);
    }
    const isBetter =
      this.best === undefined ? !Number.isNaN(value) : this.#sign * (value - this.best) > this.#minDelta;
    if (isBetter) this.best = value;
    return isBetter;
  }
}
