/** `heddle/io`: files of tensors, places to keep them, pictures. */
export type { HostTensor } from "../base/host.ts";
export type { Picture } from "../platform/types.ts";
export type { GrayscaleOptions } from "./image.ts";
export { decodeImage, toGrayscale28 } from "./image.ts";
export type { NpyOptions, NpyType } from "./npy.ts";
export { readNpy, writeNpy } from "./npy.ts";
export type { NpzOptions } from "./npz.ts";
export { readNpz, writeNpz } from "./npz.ts";
export type { ResizeOptions } from "./resize.ts";
export { resizePicture } from "./resize.ts";
export type { Safetensors } from "./safetensors.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { Store, StoreLike } from "./stores.ts";
export { directory, file, memory, openStore, opfs } from "./stores.ts";
export { readTensors } from "./tensors.ts";
