/** Pictures on the host, as stages of augmentation see them. */
import { fail } from "../../base/errors.ts";
import type { HostTensor } from "../../base/host.ts";
import { showShape } from "../../base/shape.ts";

/** Rows from the top, channels last. Never changed in place: columns and caches share it. */
export interface Pixels {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** @throws HeddleError when it is no picture */
export function toPixels({ data, shape, dtype }: HostTensor): Pixels {
  const [height, width, channels = 1] = shape;
  if (!(data instanceof Float32Array) || shape.length < 2 || shape.length > 3) {
    const got = `${dtype} ${showShape(shape)}`;
    fail("augment", `pictures are float32 [height, width] or [height, width, channels]: got ${got}`);
  }
  return { data, height, width, channels };
}

/** In as many axes as it had before. */
export function fromPixels({ data, height, width, channels }: Pixels, rank: number): HostTensor {
  const shape = rank === 2 ? [height, width] : [height, width, channels];
  return { data, shape, dtype: "float32" };
}
