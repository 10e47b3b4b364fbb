/** Tile sizes of the matrix product: fixed tables of the shape, so that results do not depend on the device. */

export interface Tile {
  /** The workgroup's tile and the length of its panels along k. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** An invocation's block, multiples of 4. */
  readonly blockRows: number;
  readonly blockColumns: number;
  readonly workgroup: number;
}

const tile = (
  rows: number,
  columns: number,
  depth: number,
  blockRows: number,
  blockColumns: number,
): Tile => ({
  rows,
  columns,
  depth,
  blockRows,
  blockColumns,
  workgroup: (rows * columns) / (blockRows * blockColumns),
});

/** In the square ones every invocation loads exactly one 4 × 4 block per step. All fit in 16 KiB. */
const LARGE = tile(128, 128, 16, 8, 8);
const MEDIUM = tile(64, 64, 16, 8, 4);
const SMALL = tile(32, 32, 16, 4, 4);
const TALL = tile(128, 32, 16, 8, 4);
const WIDE = tile(32, 128, 16, 4, 8);

interface Size {
  readonly products: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Workgroups that fill a large GPU. */
const FILLED = 256;
/** Terms that a split must keep to be worth its second pass. */
const SHORTEST_SPLIT = 256;
const MOST_SPLITS = 64;

const tiles = ({ products, m, n }: Size, { rows, columns }: Tile): number =>
  products * Math.ceil(m / rows) * Math.ceil(n / columns);

const mostSplits = (k: number): number => Math.min(Math.max(Math.floor(k / SHORTEST_SPLIT), 1), MOST_SPLITS);

/** The largest tile that keeps a GPU busy, a narrow one for narrow results. */
export function chooseTile(size: Size): Tile {
  const fills = (candidate: Tile) => tiles(size, candidate) * mostSplits(size.k) >= FILLED / 4;
  if (size.n <= 32) return size.m >= 128 && fills(TALL) ? TALL : SMALL;
  if (size.m <= 32) return size.n >= 128 && fills(WIDE) ? WIDE : SMALL;
  if (tiles(size, LARGE) >= FILLED / 2) return LARGE;
  return fills(MEDIUM) ? MEDIUM : SMALL;
}

export function chooseSplits(size: Size, chosen: Tile): number {
  const groups = tiles(size, chosen);
  return groups >= FILLED / 4 ? 1 : Math.min(mostSplits(size.k), Math.ceil(FILLED / groups));
}

/** Flops of a tiled product: tiles that reach beyond the result, and panels beyond k, are multiplied whole. */
export function tiledFlops(size: Size): number {
  const chosen = chooseTile(size);
  const depth = Math.ceil(size.k / chosen.depth) * chosen.depth;
  return 2 * tiles(size, chosen) * chosen.rows * chosen.columns * depth;
}
