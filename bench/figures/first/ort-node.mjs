// A program that start.mjs times; its argument is the file of the model.
import ort from "onnxruntime-node";

const session = await ort.InferenceSession.create(process.argv[2]);
const ones = (shape) => new ort.Tensor("float32", new Float32Array(128).fill(1), shape);
const { y } = await session.run({ a: ones([64, 2]), b: ones([2, 64]) });
console.log(y.data[0]);
