/** One tensor as several operands of a kernel: each keeps its place. */
import { expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { DEVICES } from "../support/devices.ts";

const values = Float32Array.from({ length: 16 }, (_, i) => i / 10);
const square = (): h.Tensor => h.tensor(values, { shape: [2, 2, 2, 2] });

for (const { name, start, missing } of DEVICES) {
  if (!start) continue;
  test.skipIf(missing)(`a convolution of a tensor with itself on ${name}`, async () => {
    await start(h);
    const x = square();
    expect(await h.conv2d(x, x).data()).toEqual(await h.conv2d(x, square()).data());
  });

  test.skipIf(missing)(`indices that index themselves on ${name}`, async () => {
    await start(h);
    const order = h.tensor([2, 0, 1], { dtype: "int32" });
    expect([...(await order.take(order).data())]).toEqual([1, 2, 0]);
  });
}
