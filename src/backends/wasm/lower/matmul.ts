/** Matrix products: tiles, or a matrix times few vectors, or the plain integer form. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { GemmParam, GemvParam } from "../../../../assembly/matmulParams.ts";
import { type Shape, sizeOf } from "../../../base/shape.ts";
import type { MatmulKernel, Operand } from "../../../kernel/types.ts";
import { type Command, type ProgramAddress, valueAddress, type Word } from "../command.ts";
import { columnEpilogue } from "./columnEpilogue.ts";
import type { LowerContext } from "./context.ts";
import { blockColumns, blockDepth, gemmGrid, roundUp } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, type RawResult, rawResult, runsEpilogue } from "./rawResult.ts";

/** Fewer rows (or columns) than this make a product one of vectors. */
const MAX_VECTORS = 4;
/** Fewer elements in a vector than this and tiles are as good. */
const MIN_LENGTH = 32;
/** Elements of a matrix in one chunk of such a product, and outputs whose sums fit a thread's cache. */
const GEMV_ELEMENTS = 1 << 18;
const GEMV_MAX_OUTPUTS = 2048;

/** `shape` is what the epilogue runs over, where the product stands for a kernel of another kind. */
export function lowerMatmul(
  kernel: MatmulKernel,
  context: LowerContext,
  shape: Shape = [...kernel.batch, kernel.m, kernel.n],
): Command[] {
  const to = rawResult(kernel, shape, kernel.dtype, context);
  if (to.size === 0) return [];
  if (kernel.dtype !== "float32") return [integerCommand(kernel, to, context)];
  const folded = foldBatch(kernel);
  const isColumnwise = to.program !== 0 && !to.usesWorkspace;
  const columnwise = isColumnwise ? columnEpilogue(kernel.epilogue, shape) : undefined;
  const gemv = context.choices.matmul === "tiles" ? undefined : gemvCommand(folded, to, context);
  return gemv ? [gemv] : gemmCommands(folded, to, columnwise, context);
}

/** With one B for the whole batch, its matrices are so many more rows of A. */
function foldBatch(kernel: MatmulKernel): MatmulKernel {
  const { a, b, batch, m } = kernel;
  let rows = m;
  if (a.transposed || b.batchStrides.some((stride) => stride !== 0)) return kernel;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    if (batch[axis] !== 1 && a.batchStrides[axis] !== rows * a.rowStride) return kernel;
    rows *= batch[axis];
  }
  const alone = { batchStrides: [] };
  return { ...kernel, m: rows, batch: [], a: { ...a, ...alone }, b: { ...b, ...alone } };
}

/** The command's last parameters: the batch axes, as `batchOffset` in `assembly/param.ts` reads them. */
function batchWords({ batch }: MatmulKernel, first: Operand, second: Operand): number[] {
  return batch.flatMap((size, axis) => [size, first.batchStrides[axis] * 4, second.batchStrides[axis] * 4]);
}

const address = ({ input, offset }: Operand): Word => valueAddress(input, offset);

/** Matrix times vectors, if the product has that form and the vectors can be read as they lie. */
function gemvCommand(
  kernel: MatmulKernel,
  to: RawResult,
  { choices, grain }: LowerContext,
): Command | undefined {
  const { m, n, k, a, b, batch } = kernel;
  const vectorMajor = m <= MAX_VECTORS;
  const [matrix, vectors, size, count] = vectorMajor ? [b, a, n, m] : [a, b, m, n];
  const least = choices.matmul === "vectors" ? 1 : MIN_LENGTH;
  if (count > MAX_VECTORS || size < least) return undefined;
  // One output per row of the matrix where its rows run along the sum.
  const rowPerOutput = vectorMajor ? b.transposed : !a.transposed;
  const vectorsAreRows = vectorMajor ? !a.transposed : b.transposed;
  const rowBytes = vectors.rowStride * 4;
  const elementBytes = vectorsAreRows ? 4 : rowBytes;
  if (rowPerOutput && elementBytes !== 4) return undefined;
  const fitting = roundUp(Math.ceil(GEMV_ELEMENTS / (k + 1)), 64);
  const sizePerChunk = Math.min(fitting, grain(GEMV_MAX_OUTPUTS));
  const sizeChunks = Math.ceil(size / sizePerChunk);
  return {
    kernel: Kernel.Gemv,
    chunks: sizeOf(batch) * sizeChunks,
    params: parameters(
      GemvParam,
      {
        Matrix: address(matrix),
        Vectors: address(vectors),
        C: to.address,
        Program: to.program,
        Size: size,
        Depth: k,
        Count: count,
        RowPerOutput: Number(rowPerOutput),
        RowBytes: matrix.rowStride * 4,
        VectorBytes: vectorsAreRows ? rowBytes : 4,
        ElementBytes: elementBytes,
        SizePerChunk: sizePerChunk,
        SizeChunks: sizeChunks,
        VectorMajor: Number(vectorMajor),
        Rank: batch.length,
      },
      batchWords(kernel, matrix, vectors),
    ),
    ...effects(kernel, to),
  };
}

function gemmCommands(
  kernel: MatmulKernel,
  to: RawResult,
  columnwise: ProgramAddress | undefined,
  context: LowerContext,
): Command[] {
  const { m, n, k, a, b, batch } = kernel;
  const grid = gemmGrid(sizeOf(batch), m, n, k, to.program !== 0 && !columnwise, context);
  const isWhole = grid.partials === 1;
  const isFinished = isWhole && (columnwise || runsEpilogue(grid.columnsPerChunk, n, context));
  const parts = isWhole ? undefined : context.workspace(grid.partials * to.size * 4);
  const depth = blockDepth(Math.min(k, grid.depthPerChunk), context);
  const product: Command = {
    kernel: Kernel.Gemm,
    chunks: grid.rowChunks * grid.columnChunks * grid.matrixChunks * grid.partials,
    params: parameters(
      GemmParam,
      {
        ...operands(kernel),
        C: parts ?? to.address,
        Program: isFinished && !columnwise ? to.program : 0,
        ColumnEpilogue: (isFinished && columnwise) || 0,
        RowsPerChunk: grid.rowsPerChunk,
        RowChunks: grid.rowChunks,
        ColumnsPerChunk: grid.columnsPerChunk,
        ColumnChunks: grid.columnChunks,
        DepthPerChunk: grid.depthPerChunk,
        MatricesPerChunk: grid.matricesPerChunk,
        MatrixChunks: grid.matrixChunks,
        BlockColumns: blockColumns(depth),
        BlockDepth: depth,
      },
      batchWords(kernel, a, b),
    ),
    ...effects(kernel, to),
  };
  if (isWhole) return isFinished ? [product] : [product, ...finish(kernel, to, context)];
  return [{ ...product, usesWorkspace: true }, ...finish(kernel, to, context, parts, grid.partials)];
}

function integerCommand(kernel: MatmulKernel, to: RawResult, { grain }: LowerContext): Command {
  const { m, n, k, a, b, batch } = kernel;
  const rowsPerChunk = Math.max(1, Math.floor(grain(1e5) / (n * k + 1)));
  const rowChunks = Math.ceil(m / rowsPerChunk);
  return {
    kernel: Kernel.GemmInteger,
    chunks: rowChunks * sizeOf(batch),
    params: parameters(
      GemmParam,
      {
        ...operands(kernel),
        C: to.address,
        Program: to.program,
        ColumnEpilogue: 0,
        RowsPerChunk: rowsPerChunk,
        RowChunks: rowChunks,
        ColumnsPerChunk: n,
        ColumnChunks: 1,
        DepthPerChunk: k,
        MatricesPerChunk: 1,
        MatrixChunks: sizeOf(batch),
        BlockColumns: n,
        BlockDepth: k,
      },
      batchWords(kernel, a, b),
    ),
    ...effects(kernel, to),
  };
}

function operands({ a, b, m, n, k, batch }: MatmulKernel) {
  return {
    A: address(a),
    B: address(b),
    Rows: m,
    Columns: n,
    Depth: k,
    ARowBytes: a.rowStride * 4,
    ATransposed: Number(a.transposed),
    BRowBytes: b.rowStride * 4,
    BTransposed: Number(b.transposed),
    Matrices: sizeOf(batch),
    Rank: batch.length,
  };
}

const effects = ({ inputs, outputs }: MatmulKernel, { usesWorkspace }: RawResult) => ({
  reads: inputs,
  writes: outputs,
  usesWorkspace,
});
