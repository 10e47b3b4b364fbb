/** What was constructed or called elsewhere changes nothing in how a function is compiled: each case loads Heddle anew. */
import { expect, test, vi } from "vitest";

async function load() {
  vi.resetModules();
  const h = await import("../../src/index.ts");
  const nn = await import("../../src/nn/index.ts");
  const { Random } = await import("../../src/base/philox.ts");
  await h.setDevice("wasm", { threads: 1 });
  h.setSeed(5);
  const random = new Random(7);
  const noise = (...shape: number[]) =>
    h.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
      { shape },
    );
  return { h, nn, noise };
}

type Heddle = Awaited<ReturnType<typeof load>>;

/** A net without batch norm whose scale could be folded into the kernel before it. */
function scaled({ h, nn }: Heddle) {
  class Scaled extends nn.Module {
    readonly conv = nn.conv2d({ filters: 16, kernelSize: 3 });
    readonly factor = this.parameter([16], { initializer: { name: "normal", std: 1 } });
    forward(x: InstanceType<typeof h.Tensor>) {
      return this.conv.apply(x).mul(this.factor).add(0.1);
    }
  }
  return new Scaled();
}

const normalized = ({ nn }: Heddle) =>
  nn.sequential([nn.conv2d({ filters: 16, kernelSize: 3 }), nn.batchNorm(), nn.relu()]);

async function predicted(heddle: Heddle, net: ReturnType<typeof scaled | typeof normalized>) {
  const model = heddle.h.createModel(net);
  const y = await (await model.predict(heddle.noise(8, 10, 10, 3))).data();
  await heddle.h.shutdown();
  return y;
}

const before: Record<string, (heddle: Heddle) => unknown> = {
  nothing: () => {},
  "an unrelated batch norm": ({ nn }) => nn.batchNorm(),
  "a model with batch norm": (heddle) =>
    heddle.h.createModel(normalized(heddle)).predict(heddle.h.ones([1, 10, 10, 3])),
  "a call of jit": ({ h }) => h.jit((x: InstanceType<typeof h.Tensor>) => x.mul(2))(h.ones([2])),
};

test.each(Object.keys(before))("a prediction has the same bits after %s", async (name) => {
  for (const net of [scaled, normalized]) {
    const alone = await load();
    const expected = await predicted(alone, net(alone));
    const heddle = await load();
    await before[name](heddle);
    heddle.h.setSeed(5);
    expect(await predicted(heddle, net(heddle))).toEqual(expected);
  }
});
