/** Layers of several inputs, for networks that branch and join. */
import { fail } from "../base/errors.ts";
import { integer } from "../base/options/kinds.ts";
import { type NoOptions, noOptions, type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

abstract class Merging<V extends object> extends BuiltIn<V> {
  protected abstract merge(xs: readonly Tensor[]): Tensor;

  forward(...xs: Tensor[]): Tensor {
    if (xs.length < 2) fail(this.type, `expects at least two inputs: got ${xs.length}`);
    return this.merge(xs);
  }
}

/** Merging without options. */
abstract class PlainMerging extends Merging<NoOptions> {
  constructor(options?: NoOptions) {
    super(noOptions, options);
  }
}

/** The layer that {@link add} makes. */
export class Add extends PlainMerging {
  override get type(): string {
    return "add";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return xs.reduce((sum, x) => sum.add(x));
  }
}

/** The layer that {@link multiply} makes. */
export class Multiply extends PlainMerging {
  override get type(): string {
    return "multiply";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return xs.reduce((product, x) => product.mul(x));
  }
}

const concatenateOptions = options({
  /** Default −1, the channels. */
  axis: integer(-1),
});

/** Options of {@link concatenate}. */
export interface ConcatenateOptions extends OptionsOf<typeof concatenateOptions> {}

/** The layer that {@link concatenate} makes. */
export class Concatenate extends Merging<ValuesOf<typeof concatenateOptions>> {
  constructor(options?: ConcatenateOptions) {
    super(concatenateOptions, options);
  }

  override get type(): string {
    return "concatenate";
  }

  protected override merge(xs: readonly Tensor[]): Tensor {
    return concat(xs, this.options.axis);
  }
}

/** The sum of its inputs, which broadcast: `nn.add().apply(x, y)`. @throws HeddleError when shapes do not fit */
export const add = (options?: NoOptions): Add => new Add(options);
/** The product of its inputs, element by element; they broadcast. @throws HeddleError when shapes do not fit */
export const multiply = (options?: NoOptions): Multiply => new Multiply(options);
/** Its inputs one after the other along an axis. @throws HeddleError when other axes differ */
export const concatenate = (options?: ConcatenateOptions): Concatenate => new Concatenate(options);
