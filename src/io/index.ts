/** `heddle/io`: files of tensors, places to keep them, pictures. */
export type { HostTensor } from "../base/host.ts";
export type { Picture } from "../platform/types.ts";
export { decodeImage, toGrayscale28 } from "./image.ts";
export type { Safetensors } from "./safetensors.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { Store, StoreLike } from "./stores.ts";
export { directory, file, memory, openStore, opfs } from "./stores.ts";
