/** Flops that the contraction commands execute, as they are cut into tiles: for the plan snapshots (test/plans). */
import { Kernel } from "../../../../assembly/kernels.ts";
import { GemmParam } from "../../../../assembly/matmulParams.ts";
import { ConvParam, ConvWeightGradParam, WindowParam, WinogradParam } from "../../../../assembly/params.ts";
import type { Command } from "../command.ts";
import { roundUp } from "./gemm.ts";
import { PRODUCTS } from "./winograd.ts";

/** The register tile of assembly/gemmTile.ts. */
const TILE_ROWS = 4;
const TILE_COLUMNS = 8;

/**
 * Two per multiply-add of a command that sweeps register tiles, rows and columns beyond an edge included; undefined
 * for the others. A tap outside the source counts, though a strip of pixels that lies outside with all of it skips it.
 * Winograd's transforms are additions and do not count.
 */
export function executedFlops({ kernel, params }: Command): number | undefined {
  const at = (word: number): number => Number(params[word]);
  switch (kernel) {
    case Kernel.Gemm:
      return (
        at(GemmParam.Matrices) *
        tiled(at(GemmParam.Rows), at(GemmParam.RowsPerChunk), TILE_ROWS) *
        tiled(at(GemmParam.Columns), at(GemmParam.ColumnsPerChunk), TILE_COLUMNS) *
        (2 * at(GemmParam.Depth))
      );
    case Kernel.Conv:
      return (
        at(ConvParam.Groups) *
        tiled(at(ConvParam.Pixels), at(ConvParam.PixelsPerChunk), TILE_ROWS) *
        tiled(at(ConvParam.Columns), at(ConvParam.ColumnsPerChunk), TILE_COLUMNS) *
        (2 * at(ConvParam.Taps) * at(ConvParam.Channels))
      );
    case Kernel.ConvWeightGrad:
      return convWeightGrad(at);
    case Kernel.Winograd:
      return winograd(at);
    case Kernel.WinogradWeightGrad:
      return (
        PRODUCTS *
        roundUp(at(WindowParam.InChannels), TILE_ROWS) *
        roundUp(at(WindowParam.OutChannels), TILE_COLUMNS) *
        (2 * at(WindowParam.Batch) * half(at(WindowParam.OutHeight)) * half(at(WindowParam.OutWidth)))
      );
    default:
      return undefined;
  }
}

type Words = (word: number) => number;

function convWeightGrad(at: Words): number {
  const groups = at(ConvWeightGradParam.Groups);
  const taps = at(WindowParam.KernelHeight) * at(WindowParam.KernelWidth);
  const pixels = at(WindowParam.Batch) * at(WindowParam.OutHeight) * at(WindowParam.OutWidth);
  const rows = (taps * at(WindowParam.InChannels)) / groups;
  const columns = at(WindowParam.OutChannels) / groups;
  return (
    groups *
    tiled(rows, at(ConvWeightGradParam.RowsPerChunk), TILE_ROWS) *
    tiled(columns, at(ConvWeightGradParam.ColumnsPerChunk), TILE_COLUMNS) *
    (2 * pixels)
  );
}

function winograd(at: Words): number {
  const across = at(WinogradParam.TilesAcross);
  const perChunk = at(WinogradParam.RowsPerChunk) * across;
  const tiles = pieces(at(WinogradParam.TileRows) * across, perChunk).reduce(
    (sum, chunk) => sum + tiled(chunk, at(WinogradParam.BlockTiles), TILE_ROWS),
    0,
  );
  const columns = pieces(at(WinogradParam.Columns), at(WinogradParam.ColumnsPerChunk)).reduce(
    (sum, chunk) => sum + tiled(chunk, at(WinogradParam.BlockColumns), TILE_COLUMNS),
    0,
  );
  return PRODUCTS * tiles * columns * (2 * at(WinogradParam.Channels));
}

const half = (pixels: number): number => Math.ceil(pixels / 2);

/** `size` cut into pieces of `piece`; the last may be smaller. */
const pieces = (size: number, piece: number): number[] =>
  Array.from({ length: Math.ceil(size / piece) }, (_, i) => Math.min(piece, size - i * piece));

/** Rows or columns that are computed where each piece is a whole number of tiles. */
const tiled = (size: number, piece: number, tile: number): number =>
  pieces(size, piece).reduce((sum, each) => sum + roundUp(each, tile), 0);
