/**
 * Stages applied to a sample: a pure function of the sample, the stages and a key, so the same on any thread and in
 * batches of any size.
 */
import type { HostTensor } from "../../base/host.ts";
import { checkSeed, philox, Random } from "../../base/philox.ts";
import { fromPixels, type Pixels, toPixels } from "./pixels.ts";
import type { Stage } from "./stage.ts";
import type { Motion } from "./warp.ts";

/** What chance depends on. */
export interface AugmentKey {
  /** Of the random numbers. */
  readonly seed: number;
  /** Counts passes over the data: each draws anew. */
  readonly epoch: number;
  /** Number of the sample in its columns. */
  readonly sample: number;
  /** Stages that an earlier call applied: no chance is used twice. Default 0. */
  readonly stage?: number;
}

/** A Philox key word of its own, so that equal seeds of other uses give unrelated numbers. */
const STREAM = 0x61756721;
/**
 * The sample with its first value, a picture [height, width] or [height, width, channels], changed by the stages in
 * order. The other values stay.
 * @throws HeddleError when the first value is no picture, or too small for a crop
 */
export function applyStages<S extends readonly HostTensor[]>(
  sample: S,
  stages: readonly Stage[],
  key: AugmentKey,
): S {
  const [picture, ...others] = sample;
  let pixels = toPixels(picture);
  let motion: Motion | undefined;
  const settle = (): Pixels => {
    pixels = motion?.apply(pixels) ?? pixels;
    motion = undefined;
    return pixels;
  };
  for (const [i, stage] of stages.entries()) {
    const random = randomOf(key, i);
    if ("change" in stage) {
      pixels = stage.change(settle(), random);
      continue;
    }
    const next = stage.motion(pixels, random);
    const joined = motion?.join(next);
    if (!joined) settle();
    motion = joined ?? next;
  }
  return [fromPixels(settle(), picture.shape.length), ...others] as readonly HostTensor[] as S;
}

/** A generator of each stage's own: one that draws more numbers does not change the others. */
function randomOf({ seed, epoch, sample, stage = 0 }: AugmentKey, ordinal: number): Random {
  const words = new Uint32Array(4);
  philox(sample, epoch, stage + ordinal, 0, checkSeed("augment", seed), STREAM, words);
  return new Random(words[0], words[1]);
}
