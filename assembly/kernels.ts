/**
 * Numbers of the kernels in the runner's table, read by AssemblyScript and TypeScript alike.
 * 0 to 31: contractions and windows; 32 and up: everything else.
 */
export enum Kernel {
  Gemm = 0,
  Gemv = 1,
  GemmInteger = 2,
  Conv = 3,
  ConvWeightGrad = 4,
  Depthwise = 5,
  DepthwiseWeightGrad = 6,
  Pool = 7,
  PoolGrad = 8,
  Finish = 9,
}
