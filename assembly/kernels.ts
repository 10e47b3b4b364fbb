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
  WinogradFilter = 10,
  Winograd = 11,
  WinogradWeightGrad = 12,
  ConvSlide = 13,

  Map = 32,
  ReduceRows = 33,
  ReduceColumns = 34,
  ReduceParts = 35,
  Softmax = 36,
  ArgReduce = 37,
  Cumulative = 38,
  Sort = 39,
  Gather = 40,
  Scatter = 41,
}
