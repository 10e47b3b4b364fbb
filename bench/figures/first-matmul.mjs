// The program that start.mjs times.
import { ones, setDevice } from "../../dist/index.js";

await setDevice("wasm");
const product = ones([64, 2]).matmul(ones([2, 64]));
console.log((await product.data())[0]);
