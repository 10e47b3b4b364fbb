/** Values on the host, as files, datasets and workers exchange them: plain data that can be cloned and transferred. */
import type { DType, HostArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** A dense row-major array of one dtype with its shape. */
export interface HostTensor {
  /** The values, row-major. */
  readonly data: HostArray;
  /** Lengths of the axes. */
  readonly shape: Shape;
  /** Kind of the elements. */
  readonly dtype: DType;
}
