// A line through noisy points, with nothing but tensors: a loss, its gradient, and a compiled step.
import { jit, randomNormal, randomUniform, scalar, setSeed, valueAndGrad } from "heddle";

setSeed(1);
const x = randomUniform([200], { low: -2, high: 2 });
const y = x
  .mul(3)
  .sub(1)
  .add(randomNormal([200], { std: 0.1 }));

const loss = ({ slope, offset }) => x.mul(slope).add(offset).sub(y).square().mean();

const step = jit((line, rate) => {
  const [value, grads] = valueAndGrad(loss)(line);
  const slope = line.slope.sub(grads.slope.mul(rate));
  const offset = line.offset.sub(grads.offset.mul(rate));
  return { value, line: { slope, offset } };
});

let line = { slope: scalar(0), offset: scalar(0) };
for (let i = 0; i <= 100; i++) {
  const result = await step(line, 0.1);
  line = result.line;
  if (i % 25 === 0) console.log(`step ${i}: loss ${(await result.value.item()).toFixed(4)}`);
}
console.log(`y = ${(await line.slope.item()).toFixed(2)} x + ${(await line.offset.item()).toFixed(2)}`);
