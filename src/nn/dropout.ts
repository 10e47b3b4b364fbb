/** Dropout. Srivastava et al. 2014. */
import { isTraining } from "../runtime/trace.ts";
import { dropoutMask } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf, within } from "./options.ts";

export interface DropoutOptions {
  /** Share of the elements set to 0 in training; the others grow by 1 / (1 − rate). */
  rate: number;
}

export class Dropout extends Module {
  constructor(readonly options: DropoutOptions) {
    super();
    within("dropout", "rate", options.rate, 0, 1);
  }

  override get type(): string {
    return "dropout";
  }

  forward(x: Tensor): Tensor {
    const { rate } = this.options;
    return isTraining() && rate > 0 ? x.mul(dropoutMask(x.shape, rate)) : x;
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);
