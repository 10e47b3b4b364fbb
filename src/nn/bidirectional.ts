/** A recurrent layer that reads a sequence from both ends. Schuster & Paliwal 1997. */
import { fail } from "../base/errors.ts";
import { oneOf } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { show } from "../base/show.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { type Output, Recurrent } from "./recurrent.ts";

const bidirectionalOptions = options({
  /** `concat` puts the outputs side by side, which doubles the features. Default `concat`. */
  mergeMode: oneOf("concat", "sum", "mul", "ave")("concat"),
});

/** Options of {@link bidirectional}. */
export interface BidirectionalOptions extends OptionsOf<typeof bidirectionalOptions> {}

type Values = ValuesOf<typeof bidirectionalOptions>;

/** How the outputs of both directions become one. */
export type MergeMode = Values["mergeMode"];

const MERGES: Readonly<Record<MergeMode, (a: Tensor, b: Tensor) => Tensor>> = {
  concat: (a, b) => concat([a, b], -1),
  sum: (a, b) => a.add(b),
  mul: (a, b) => a.mul(b),
  ave: (a, b) => a.add(b).mul(0.5),
};

/** The layer that {@link bidirectional} makes. */
export class Bidirectional<R extends boolean = boolean> extends Module {
  /** Reads as the given layer does. */
  readonly forwards: Recurrent<R>;
  /** Reads from the other end, with weights of its own. */
  readonly backwards: Recurrent<R>;

  /** With their defaults. */
  readonly options: Values;

  constructor(layer: Recurrent<R>, options?: BidirectionalOptions) {
    super();
    this.options = bidirectionalOptions.read("bidirectional", options);
    if (!(layer instanceof Recurrent)) {
      fail("bidirectional", `expects a layer made by simpleRNN, lstm or gru: got ${show(layer)}`);
    }
    this.forwards = layer;
    const Kind = layer.constructor as new (options: object) => Recurrent<R>;
    this.backwards = new Kind({ ...layer.options, goBackwards: !layer.options.goBackwards });
  }

  override get type(): string {
    return "bidirectional";
  }

  /**
   * @param x [batch, time, features]
   * @param mask [batch, time], as of the layer
   * @param initialState those of the forward layer, then those of the backward one. Default: zeros
   */
  forward(x: Tensor, mask?: Tensor, ...initialState: Tensor[]): Output<R> {
    const { mergeMode } = this.options;
    const { states, options } = this.forwards;
    const run = (layer: Recurrent<R>, from: number): readonly Tensor[] => {
      const given = initialState.slice(from, layer === this.forwards ? states : undefined);
      const result: Tensor | Tensor[] = layer.apply(x, mask, ...given);
      return Array.isArray(result) ? result : [result];
    };
    const [ahead, ...state] = run(this.forwards, 0);
    const [back, ...backState] = run(this.backwards, states);
    // Both in the order of the forward layer.
    const output = MERGES[mergeMode](ahead, options.returnSequences ? back.flip(1) : back);
    return (options.returnState ? [output, ...state, ...backState] : output) as Output<R>;
  }

  override config(): LayerConfig | undefined {
    const layer = this.forwards.config();
    return layer && { type: this.type, layer, ...this.options };
  }
}

/**
 * Runs a recurrent layer and a second one of the same options from the other end: [batch, time, features] →
 * [batch, 2 · units], or [batch, time, 2 · units] with the layer's `returnSequences`; `units` for the other merges.
 *
 * @example
 * nn.bidirectional(nn.lstm({ units: 32, returnSequences: true }));
 * @throws HeddleError when the layer is not recurrent or the merge unknown
 */
export function bidirectional(layer: Recurrent<false>, options?: BidirectionalOptions): Bidirectional<false>;
export function bidirectional(layer: Recurrent<true>, options?: BidirectionalOptions): Bidirectional<true>;
export function bidirectional(layer: Recurrent, options?: BidirectionalOptions): Bidirectional {
  return new Bidirectional(layer, options);
}
