/** The segment, as the lowering of one of its kernels sees it. */
import type { Shape } from "../../../base/shape.ts";
import type { Program, ValueId, ValueSpec } from "../../../kernel/types.ts";
import type { CacheAddress, ProgramAddress, ValueAddress, WorkspaceAddress } from "../command.ts";

/** Forces a kernel wherever it can do the work, so that tests compare it with the others. */
export interface KernelChoices {
  readonly conv?: "direct" | "unfold" | "slide" | "winograd";
  /** Tiles even where one side is at most 4 vectors; vectors however short the other side is. */
  readonly matmul?: "tiles" | "vectors";
  /** How a reduction walks the axes behind the reduced ones. */
  readonly reduce?: "rows" | "columns";
  /** Cuts chunks, blocks and partial sums so small that small inputs have many. */
  readonly pieces?: "small";
  /** Uses all threads, however little there is to do. */
  readonly threads?: "all";
}

export interface LowerContext {
  readonly choices: KernelChoices;
  readonly values: readonly ValueSpec[];
  /** The size at which work is cut: `size` itself, or a few elements under `pieces: "small"`. */
  grain(size: number): number;
  /**
   * A tile program over the flat row-major iteration space `shape` that reads its `acc` at `acc`;
   * 0 if the epilogue only stores acc where it already lies.
   */
  encode(program: Program, shape: Shape, acc: ValueAddress | WorkspaceAddress): ProgramAddress | 0;
  /** Reserves workspace; what was reserved before for other kernels may overlap. */
  workspace(bytes: number): WorkspaceAddress;
  /** Reserves cache for data computed from constant `value`; undefined if it is none, or the cache is full. */
  cache(value: ValueId, bytes: number): CacheAddress | undefined;
}
