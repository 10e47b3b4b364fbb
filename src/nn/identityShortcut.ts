/** A residual network's shortcut without weights, where the main path shrinks the image and adds channels. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { pairOfCounts } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { both, expectImages } from "./options.ts";

const identityShortcutOptions = options({
  /** Channels of the output: those beyond the input's are zeros, half of them in front. */
  filters: required(count()),
  /** Every so many rows and columns stay. Default 1. */
  strides: pairOfCounts(1),
});

/** Options of {@link identityShortcut}. */
export interface IdentityShortcutOptions extends OptionsOf<typeof identityShortcutOptions> {}

/** The layer that {@link identityShortcut} makes. */
export class IdentityShortcut extends BuiltIn<ValuesOf<typeof identityShortcutOptions>> {
  constructor(options: IdentityShortcutOptions) {
    super(identityShortcutOptions, options);
  }

  override get type(): string {
    return "identityShortcut";
  }

  forward(x: Tensor): Tensor {
    const added = this.options.filters - expectImages(this.type, x);
    if (added < 0) {
      fail(this.type, `filters must be at least the ${x.shape[3]} channels: got ${this.options.filters}`);
    }
    const front = Math.floor(added / 2);
    const kept = x.slice([], [], [1, ...both(this.options.strides)]);
    return kept.pad([
      [0, 0],
      [0, 0],
      [0, 0],
      [front, added - front],
    ]);
  }
}

/**
 * [batch, h, w, c] → [batch, ⌈h / strides⌉, ⌈w / strides⌉, filters], the new channels zero: option A of He et al. 2016.
 *
 * @throws HeddleError when an option is wrong; at the call when the input has more channels
 */
export const identityShortcut = (options: IdentityShortcutOptions): IdentityShortcut =>
  new IdentityShortcut(options);
