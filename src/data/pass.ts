/** What a batch is made of, wherever it is made. */
import type { Stage } from "./augment/stage.ts";
import type { Column } from "./column.ts";

/** One pass over the data: with the number of a sample, all that chance depends on. */
export interface Pass {
  readonly seed: number;
  readonly epoch: number;
}

/** The samples of a batch. */
export interface Picked {
  readonly rows: Uint32Array;
  readonly pass: Pass;
}

/** Samples as plain data and descriptions, which can travel. */
export interface Portable {
  readonly columns: readonly Column[];
  /** The calls of `augment`, each with its stages; undefined where closures are in between. */
  readonly augmentations: readonly (readonly Stage[])[] | undefined;
}
