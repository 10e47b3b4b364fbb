/** What a kernel with an epilogue computes: the shape that the epilogue runs over, and the dtype of `acc`. */
import type { DType } from "../../base/dtype.ts";
import { reduceShape, type Shape } from "../../base/shape.ts";
import { inputShape, kernelShape, outputShape } from "../../ops/window.ts";
import type { Kernel, Program } from "../types.ts";

type WithEpilogue = Extract<Kernel, { epilogue: Program }>;

export function resultOf(kernel: WithEpilogue): { shape: Shape; dtype: DType } {
  switch (kernel.kind) {
    case "reduce":
      return { shape: reduceShape(kernel.shape, kernel.axes), dtype: kernel.dtype };
    case "matmul":
      return { shape: [...kernel.batch, kernel.m, kernel.n], dtype: kernel.dtype };
    case "conv":
    case "pool":
    case "poolTake":
      return { shape: outputShape(kernel.window), dtype: "float32" };
    case "convInputGrad":
    case "poolGrad":
      return { shape: inputShape(kernel.window), dtype: "float32" };
    case "convWeightGrad":
      return { shape: kernelShape(kernel.window), dtype: "float32" };
  }
}
