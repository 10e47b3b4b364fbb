/**
 * Synthetic digits in MNIST's format: a dataset that needs no download. Sample i is a function of (seed, part, i)
 * alone, and the parts are drawn from different streams.
 */
import { fromZero, integer } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { Random } from "../base/philox.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { drawDigit, SIZE } from "./digits/draw.ts";
import type { TrainTest } from "./mnist.ts";
import { cooperate, type Sliced } from "./slices.ts";

const digitsOptions = options({
  /** Samples to train on. Default 6000. */
  train: fromZero(6000),
  /** Samples to test on. Default 1000. */
  test: fromZero(1000),
  /** Default 1. */
  seed: integer(1),
});

/** Options of {@link digits}. */
export interface DigitsOptions extends OptionsOf<typeof digitsOptions> {}

const STREAM = { train: 0x64696774, test: 0x64696765 };

/**
 * Draws handwritten-looking digits, without blocking the thread: x are images, float32 [28, 28, 1] with values in
 * [0, 1]; y are labels, int32 scalars 0…9. About 0.05 ms a digit.
 *
 * @example
 * const { train, test } = await digits({ train: 2000, test: 500 });
 * @throws HeddleError when an option is wrong
 */
export async function digits(options: DigitsOptions = {}): Promise<TrainTest> {
  const { train, test, seed } = digitsOptions.read("digits", options);
  return {
    train: (await cooperate(part(train, seed, STREAM.train))).value,
    test: (await cooperate(part(test, seed, STREAM.test))).value,
  };
}

function* part(length: number, seed: number, stream: number): Sliced<never, Dataset> {
  const pixels = new Uint8Array(length * SIZE * SIZE);
  const labels = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const random = new Random(seed, stream, i);
    labels[i] = random.below(10);
    drawDigit(labels[i], random, pixels, i * SIZE * SIZE);
    yield;
  }
  return dataset([{ data: pixels, shape: [length, SIZE, SIZE, 1], scale: 1 / 255 }, labels]);
}
