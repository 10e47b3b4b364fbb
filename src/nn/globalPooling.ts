/** Pooling over all places: one number for each channel. */

import type { NoOptions } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Plain } from "./builtIn.ts";
import { expectImages, expectSequences } from "./options.ts";

/** The layer that {@link globalAvgPool2d} makes. */
export class GlobalAvgPool2d extends Plain {
  override get type(): string {
    return "globalAvgPool2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    return x.mean([1, 2]);
  }
}

/** The layer that {@link globalMaxPool2d} makes. */
export class GlobalMaxPool2d extends Plain {
  override get type(): string {
    return "globalMaxPool2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    return x.max([1, 2]);
  }
}

/** The layer that {@link globalAvgPool1d} makes. */
export class GlobalAvgPool1d extends Plain {
  override get type(): string {
    return "globalAvgPool1d";
  }

  forward(x: Tensor): Tensor {
    expectSequences(this.type, x);
    return x.mean(1);
  }
}

/** The layer that {@link globalMaxPool1d} makes. */
export class GlobalMaxPool1d extends Plain {
  override get type(): string {
    return "globalMaxPool1d";
  }

  forward(x: Tensor): Tensor {
    expectSequences(this.type, x);
    return x.max(1);
  }
}

/**
 * The mean of each channel: [batch, height, width, channels] → [batch, channels]. Lin et al. 2014.
 * @throws HeddleError when the input has another rank
 */
export const globalAvgPool2d = (options?: NoOptions): GlobalAvgPool2d => new GlobalAvgPool2d(options);
/**
 * The largest element of each channel: [batch, height, width, channels] → [batch, channels]; ties share the gradient.
 * @throws HeddleError when the input has another rank
 */
export const globalMaxPool2d = (options?: NoOptions): GlobalMaxPool2d => new GlobalMaxPool2d(options);
/**
 * The mean of each channel: [batch, length, channels] → [batch, channels].
 * @throws HeddleError when the input has another rank
 */
export const globalAvgPool1d = (options?: NoOptions): GlobalAvgPool1d => new GlobalAvgPool1d(options);
/**
 * The largest element of each channel: [batch, length, channels] → [batch, channels]; ties share the gradient.
 * @throws HeddleError when the input has another rank
 */
export const globalMaxPool1d = (options?: NoOptions): GlobalMaxPool1d => new GlobalMaxPool1d(options);
