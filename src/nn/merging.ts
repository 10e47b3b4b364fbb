/** Layers of several inputs, for networks that branch and join. */
import { fail } from "../base/errors.ts";
import { checkOptions, integer } from "../base/options.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

abstract class Merging extends Module {
  protected abstract merge(xs: readonly Tensor[]): Tensor;

  forward(...xs: Tensor[]): Tensor {
    if (xs.length < 2) fail(this.type, `expects at least two inputs: got ${xs.length}`);
    return this.merge(xs);
  }

  override config(): LayerConfig | undefined {
    return { type: this.type };
  }
}

/** The layer that {@link add} makes. */
export class Add extends Merging {
  override get type(): string {
    return "add";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return xs.reduce((sum, x) => sum.add(x));
  }
}

/** The layer that {@link multiply} makes. */
export class Multiply extends Merging {
  override get type(): string {
    return "multiply";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return xs.reduce((product, x) => product.mul(x));
  }
}

/** Options of {@link concatenate}. */
export interface ConcatenateOptions {
  /** Default −1, the channels. */
  axis?: number;
}

/** The layer that {@link concatenate} makes. */
export class Concatenate extends Merging {
  constructor(/** As given. */ readonly options: ConcatenateOptions = {}) {
    super();
    checkOptions("concatenate", options, { axis: integer });
  }

  override get type(): string {
    return "concatenate";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return concat(xs, this.options.axis ?? -1);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/** The sum of its inputs, which broadcast: `nn.add().apply(x, y)`. @throws HeddleError when shapes do not fit */
export const add = (): Add => new Add();
/** The product of its inputs, element by element; they broadcast. @throws HeddleError when shapes do not fit */
export const multiply = (): Multiply => new Multiply();
/** Its inputs one after the other along an axis. @throws HeddleError when other axes differ */
export const concatenate = (options: ConcatenateOptions = {}): Concatenate => new Concatenate(options);
