// A program that start.mjs times.
globalThis.navigator ??= { userAgent: "Node.js" }; // read by the kernel generator; Node 20 has none
const { defaultDevice, init, numpy: np } = await import("@jax-js/jax");

await init("wasm");
defaultDevice("wasm");
const product = np.matmul(np.ones([64, 2]), np.ones([2, 64]));
console.log((await product.data())[0]);
