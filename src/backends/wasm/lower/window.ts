/** Geometry of window kernels, in the form that the kernels read. */
import type { WindowParam } from "../../../../assembly/params.ts";
import type { Shape } from "../../../base/shape.ts";
import type { ConvKernel, Window2d } from "../../../kernel/types.ts";

interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

type Pair = readonly [y: number, x: number];

/** A tap of the kernel and where it reads, relative to the step of the pixel. */
interface Tap {
  readonly index: number;
  readonly offset: Pair;
}

/**
 * Pixels of the result that see the same taps: pixel (i, j) of the grid lies at `origin + step · (i, j)`, and a tap
 * reads the source at `sourceStep · (i, j) + offset`.
 */
export interface Phase {
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly origin: Pair;
  readonly step: Pair;
  readonly sourceStep: Pair;
  readonly taps: readonly Tap[];
}

export interface Direction {
  readonly source: FeatureMap;
  readonly result: FeatureMap;
  readonly phases: readonly Phase[];
}

/**
 * A convolution forwards or, for convInputGrad, backwards: the gradient at a pixel sums the taps that read it.
 * The kernel's gradient walks the outputs as the forward convolution does.
 */
export function direction({ kind, window }: Pick<ConvKernel, "kind" | "window">): Direction {
  const input = { height: window.inHeight, width: window.inWidth, channels: window.inChannels };
  const output = { height: window.outHeight, width: window.outWidth, channels: window.outChannels };
  return kind === "convInputGrad"
    ? { source: output, result: input, phases: backward(window) }
    : { source: input, result: output, phases: [forward(window)] };
}

function forward(window: Window2d): Phase {
  const { outHeight, outWidth, strides } = window;
  return {
    gridHeight: outHeight,
    gridWidth: outWidth,
    origin: [0, 0],
    step: [1, 1],
    sourceStep: strides,
    taps: taps(window, tapOffsets(window, 0, 1), tapOffsets(window, 1, 1)),
  };
}

/** Positions equal modulo the stride see the same taps; a position that no output reads sees none. */
function backward(window: Window2d): Phase[] {
  const phases: Phase[] = [];
  const [strideY, strideX] = window.strides;
  for (let y = 0; y < Math.min(strideY, window.inHeight); y++) {
    for (let x = 0; x < Math.min(strideX, window.inWidth); x++) {
      phases.push({
        gridHeight: Math.ceil((window.inHeight - y) / strideY),
        gridWidth: Math.ceil((window.inWidth - x) / strideX),
        origin: [y, x],
        step: window.strides,
        sourceStep: [1, 1],
        taps: taps(window, backwardOffsets(window, 0, y), backwardOffsets(window, 1, x)),
      });
    }
  }
  return phases;
}

/** Per tap along an axis: its offset in the input, in the direction `sign`. */
function tapOffsets({ kernelHeight, kernelWidth, dilation, padding }: Window2d, axis: 0 | 1, sign: 1 | -1) {
  const size = axis === 0 ? kernelHeight : kernelWidth;
  return Array.from({ length: size }, (_, tap) => sign * (tap * dilation[axis] - padding[axis][0]));
}

/** Per tap along an axis: where the outputs begin that read input `position` through it, if the stride meets it. */
function backwardOffsets(window: Window2d, axis: 0 | 1, position: number): (number | undefined)[] {
  const stride = window.strides[axis];
  return tapOffsets(window, axis, -1).map((offset) => {
    const at = (position + offset) / stride;
    return Number.isInteger(at) ? at : undefined;
  });
}

function taps(window: Window2d, ys: (number | undefined)[], xs: (number | undefined)[]): Tap[] {
  return ys.flatMap((y, ky) =>
    xs.flatMap((x, kx) =>
      y === undefined || x === undefined
        ? []
        : [{ index: ky * window.kernelWidth + kx, offset: [y, x] as const }],
    ),
  );
}

/** The shape of what the kernel computes. */
export function resultShape({ kind, window }: ConvKernel): Shape {
  const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = window;
  switch (kind) {
    case "conv":
      return [batch, outHeight, outWidth, outChannels];
    case "convInputGrad":
      return [batch, inHeight, inWidth, inChannels];
    case "convWeightGrad":
      return [window.kernelHeight, window.kernelWidth, inChannels / window.groups, outChannels];
  }
}

/** The words of `ConvParam` that place a phase's pixels; the tap list ends the parameters. */
export function phaseWords(phase: Phase, { source, result }: Direction, batch: number) {
  return {
    SourceHeight: source.height,
    SourceWidth: source.width,
    SourceImageBytes: source.height * source.width * source.channels * 4,
    SourcePixelBytes: source.channels * 4,
    SourceStepY: phase.sourceStep[0],
    SourceStepX: phase.sourceStep[1],
    GridHeight: phase.gridHeight,
    GridWidth: phase.gridWidth,
    Pixels: batch * phase.gridHeight * phase.gridWidth,
    OriginY: phase.origin[0],
    OriginX: phase.origin[1],
    StepY: phase.step[0],
    StepX: phase.step[1],
    ResultHeight: result.height,
    ResultWidth: result.width,
    ResultPixelBytes: result.channels * 4,
  };
}

export const tapWords = (taps: readonly Tap[]): number[] => taps.flatMap((tap) => [tap.index, ...tap.offset]);

/** The words of `WindowParam`. */
export function windowWords(window: Window2d): { readonly [Name in keyof typeof WindowParam]: number } {
  return {
    InHeight: window.inHeight,
    InWidth: window.inWidth,
    OutHeight: window.outHeight,
    OutWidth: window.outWidth,
    KernelHeight: window.kernelHeight,
    KernelWidth: window.kernelWidth,
    StrideY: window.strides[0],
    StrideX: window.strides[1],
    DilationY: window.dilation[0],
    DilationX: window.dilation[1],
    Top: window.padding[0][0],
    Left: window.padding[1][0],
    InChannels: window.inChannels,
    OutChannels: window.outChannels,
    Batch: window.batch,
  };
}
