/** What a dataset and its workers tell each other: plain data, arrays moved and not copied. */
import type { DType, HostArray } from "../../base/dtype.ts";
import type { HostTensor } from "../../base/host.ts";
import type { Shape } from "../../base/shape.ts";
import type { StageConfig } from "../augment/stage.ts";
import type { Pass } from "../pass.ts";

/** The calls of `augment` in order, each with its stages. The first message. */
export type Pipeline = readonly (readonly StageConfig[])[];

/** Rows of a column as they are stored. */
export interface PickedRows {
  readonly data: HostArray | Uint8Array;
  /** Of one sample. */
  readonly shape: Shape;
  readonly dtype: DType;
  readonly scale: number;
}

/** A batch to make. */
export interface Job {
  readonly columns: readonly PickedRows[];
  /** Numbers of the samples: chance depends on them. */
  readonly rows: Uint32Array;
  readonly pass: Pass;
}

/** Jobs are answered in order. */
export type Answer =
  | { readonly batch: readonly HostTensor[] }
  | { readonly where: string; readonly rule: string };
