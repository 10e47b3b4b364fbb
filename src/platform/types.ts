/** What both sides of the platform exchange. */

/** Pixels of a picture: 4 bytes RGBA each, straight alpha, in rows from the top. */
export interface Picture {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, 0 … 255, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

export type PictureFormat = "png" | "jpeg";

/** Names in a folder, sorted by code units; links count as what they lead to. */
export interface Folder {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}
