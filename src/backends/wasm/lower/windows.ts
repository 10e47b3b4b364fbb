/** Convolution and pooling: a chunk of its own, which a page fetches with its first network that has them. */
export { lowerConv } from "./conv.ts";
export { lowerPool } from "./pool.ts";
