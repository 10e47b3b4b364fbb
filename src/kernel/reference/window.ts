/** Convolution and pooling, all from one enumeration of the window's taps. */
import { sizeOf } from "../../base/shape.ts";
import { conv, convInputGrad, convWeightGrad } from "../../ops/conv.ts";
import { pool, poolGrad, poolTake } from "../../ops/pool.ts";
import { inputShape, kernelShape, outputShape, type Window2d } from "../../ops/window.ts";
import { meaning, type Values } from "./values.ts";

/** Flat positions in the input, the kernel and the output that meet; per output element in row-major order. */
type Tap = (x: number, kernel: number, y: number) => void;

function eachTap(w: Window2d, visit: Tap): void {
  const [[top], [left]] = w.padding;
  const inPerGroup = w.inChannels / w.groups;
  const outPerGroup = w.outChannels / w.groups;
  let y = 0;
  for (let n = 0; n < w.batch; n++) {
    for (let oy = 0; oy < w.outHeight; oy++) {
      for (let ox = 0; ox < w.outWidth; ox++) {
        for (let oc = 0; oc < w.outChannels; oc++, y++) {
          for (let ky = 0; ky < w.kernelHeight; ky++) {
            const iy = oy * w.strides[0] - top + ky * w.dilation[0];
            if (iy < 0 || iy >= w.inHeight) continue;
            for (let kx = 0; kx < w.kernelWidth; kx++) {
              const ix = ox * w.strides[1] - left + kx * w.dilation[1];
              if (ix < 0 || ix >= w.inWidth) continue;
              const pixel = (n * w.inHeight + iy) * w.inWidth + ix;
              const first = Math.floor(oc / outPerGroup) * inPerGroup;
              for (let ic = 0; ic < inPerGroup; ic++) {
                const tap = ((ky * w.kernelWidth + kx) * inPerGroup + ic) * w.outChannels + oc;
                visit(pixel * w.inChannels + first + ic, tap, y);
              }
            }
          }
        }
      }
    }
  }
}

const zeros = (shape: readonly number[]): Values => new Float64Array(sizeOf(shape));

/** For each window the position of its first largest element, NaN above all; −1 for a window of padding alone. */
function winners(w: Window2d, x: Values): Values {
  const first = zeros(outputShape(w)).fill(-1);
  eachTap(w, (at, _, y) => {
    const best = x[first[y]];
    if (first[y] < 0 || x[at] > best || (Number.isNaN(x[at]) && !Number.isNaN(best))) first[y] = at;
  });
  return first;
}

export const WINDOW = [
  meaning(conv, ({ attrs: w }, [x, kernel]) => {
    const result = zeros(outputShape(w));
    eachTap(w, (at, tap, y) => {
      result[y] += x[at] * kernel[tap];
    });
    return result;
  }),

  meaning(convInputGrad, ({ attrs: w }, [dy, kernel]) => {
    const result = zeros(inputShape(w));
    eachTap(w, (at, tap, y) => {
      result[at] += dy[y] * kernel[tap];
    });
    return result;
  }),

  meaning(convWeightGrad, ({ attrs: w }, [x, dy]) => {
    const result = zeros(kernelShape(w));
    eachTap(w, (at, tap, y) => {
      result[tap] += x[at] * dy[y];
    });
    return result;
  }),

  meaning(pool, ({ attrs: { op, window: w } }, [x]) => {
    if (op === "max") return winners(w, x).map((at) => (at < 0 ? -Infinity : x[at]));
    const result = zeros(outputShape(w));
    eachTap(w, (at, _, y) => {
      result[y] += x[at];
    });
    return result;
  }),

  meaning(poolGrad, ({ attrs: { op, window: w } }, inputs) => {
    const result = zeros(inputShape(w));
    const dy = inputs[inputs.length - 1];
    if (op === "sum") {
      eachTap(w, (at, _, y) => {
        result[at] += dy[y];
      });
      return result;
    }
    winners(w, inputs[0]).forEach((at, y) => {
      if (at >= 0) result[at] += dy[y];
    });
    return result;
  }),

  meaning(poolTake, ({ attrs: { window } }, [x, g]) => winners(window, x).map((at) => (at < 0 ? 0 : g[at]))),
];
