// A program that start.mjs times, in a project that has Heddle installed.
import { ones, setDevice } from "heddle";

await setDevice("wasm");
const product = ones([64, 2]).matmul(ones([2, 64]));
console.log((await product.data())[0]);
