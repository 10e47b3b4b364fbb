/** The rules of state, laziness and jit, each as a program that a user could write. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { State } from "../../src/runtime/state.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const state = (...values: number[]): State => State.from(h.tensor(values).node, "weights");
const read = (s: State): h.Tensor => new h.Tensor(s.read());
const values = async (t: h.Tensor): Promise<number[]> => [...(await t.data())];

describe("versions", () => {
  test("an unread tensor keeps the version it was recorded on when a step writes in place", async () => {
    const w = state(1, 2);
    const before = read(w).mul(10);
    const step = h.jit(() => {
      w.assign(read(w).add(1).node);
      return read(w).sum();
    });
    expect(await (await step()).item()).toBe(5);
    expect(await values(read(w))).toEqual([2, 3]);
    expect(await values(before)).toEqual([10, 20]);
    await step();
    expect(await values(before)).toEqual([10, 20]);
    expect(await values(read(w))).toEqual([3, 4]);
  });

  test("a held parameter value does not change under its holder", async () => {
    const w = state(1);
    const held = read(w);
    const step = h.jit(() => w.assign(read(w).mul(2).node));
    await step();
    expect(await values(held)).toEqual([1]);
    expect(await values(read(w))).toEqual([2]);
  });

  test("reads before and after an assignment see their own version, in jit and outside", async () => {
    const w = state(3);
    const both = (): h.Tensor[] => {
      const before = read(w).add(0.5);
      w.assign(read(w).mul(2).node);
      return [before, read(w).add(0.5)];
    };
    const [a, b] = both();
    expect([...(await values(a)), ...(await values(b))]).toEqual([3.5, 6.5]);
    const [c, d] = await h.jit(both)();
    expect([...(await values(c)), ...(await values(d))]).toEqual([6.5, 12.5]);
  });

  test("two states can swap in one step", async () => {
    const [a, b] = [state(1, 2), state(3, 4)];
    const swap = h.jit(() => {
      const [x, y] = [a.read(), b.read()];
      a.assign(y);
      b.assign(x);
    });
    await swap();
    expect([await values(read(a)), await values(read(b))]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    await swap();
    expect([await values(read(a)), await values(read(b))]).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("a state that is read out of place while it is written is not torn", async () => {
    const w = state(1, 2, 3, 4);
    const reverse = h.jit(() => w.assign(read(w).flip().add(read(w)).node));
    await reverse();
    expect(await values(read(w))).toEqual([5, 5, 5, 5]);
    const v = state(1, 2, 3, 4);
    await h.jit(() => v.assign(read(v).flip().node))();
    expect(await values(read(v))).toEqual([4, 3, 2, 1]);
  });

  test("assign(a, b) never aliases", async () => {
    const [a, b] = [state(1), state(2)];
    a.assign(b.read());
    await h.jit(() => b.assign(read(b).add(5).node))();
    expect([await values(read(a)), await values(read(b))]).toEqual([[2], [7]]);
    const given = h.tensor([9]);
    a.assign(given.node);
    await h.jit(() => a.assign(read(a).add(1).node))();
    expect(await values(given)).toEqual([9]);
    expect(await values(read(a))).toEqual([10]);
  });

  test("a wrong shape or dtype is refused", () => {
    const w = state(1, 2);
    expect(() => w.assign(h.tensor([1, 2, 3]).node)).toThrow(
      "[assign] weights is float32 [2]: got float32 [3]",
    );
    expect(() => w.assign(h.tensor([true, false]).node)).toThrow(
      "[assign] weights is float32 [2]: got bool [2]",
    );
  });
});

describe("jit", () => {
  test("traces once per signature and gives fresh results", async () => {
    let traces = 0;
    const f = h.jit((x: h.Tensor) => {
      traces++;
      return x.add(1);
    });
    const first = await f(h.tensor([1, 2]));
    const second = await f(h.tensor([5, 6]));
    expect([await values(first), await values(second)]).toEqual([
      [2, 3],
      [6, 7],
    ]);
    await f(h.tensor([1, 2, 3]));
    await f(h.tensor(new Int32Array([1, 2])));
    expect(traces).toBe(3);
  });

  test("a captured tensor is read afresh, a static argument retraces, a number is fed", async () => {
    let bias = h.tensor([1]);
    const seen: string[] = [];
    const f = h.jit((x: h.Tensor, mode: string, k: h.Tensor) => {
      seen.push(mode);
      return (mode === "double" ? x.mul(2) : x).mul(k).add(bias);
    });
    const x = h.tensor([10]);
    expect(await values(await f(x, "double", 1))).toEqual([21]);
    expect(await values(await f(x, "single", 3))).toEqual([31]);
    expect(await values(await f(x, "double", 5))).toEqual([101]);
    expect(seen).toEqual(["double", "single"]);
    bias = h.tensor([7]);
  });

  test("a failed trace leaves nothing behind", async () => {
    const w = state(1);
    let fails = true;
    const f = h.jit(() => {
      w.assign(read(w).add(1).node);
      if (fails) throw new Error("no");
      return read(w);
    });
    await expect(f()).rejects.toThrow("no");
    expect(await values(read(w))).toEqual([1]);
    fails = false;
    expect(await values(await f())).toEqual([2]);
    expect(await values(h.tensor([1]).add(1))).toEqual([2]);
  });

  test("reading inside a trace, an async function and a leaked tensor are errors", async () => {
    await expect(h.jit((x: h.Tensor) => x.dataSync())(h.tensor([1]))).rejects.toThrow(
      "[jit] a value cannot be read inside a compiled function",
    );
    await expect(h.jit(async (x: h.Tensor) => x)(h.tensor([1]))).rejects.toThrow(
      "[jit] the function must be synchronous",
    );
    await expect(h.jit((x: h.Tensor) => Number(x))(h.tensor([1]))).rejects.toThrow(
      "cannot be used as a number",
    );
    let leaked: h.Tensor | undefined;
    await h.jit((x: h.Tensor) => {
      leaked = x.add(1);
      return leaked;
    })(h.tensor([1]));
    expect(() => leaked!.add(1)).toThrow("[add] got a tensor of a compiled function outside it");
  });

  test("inline is for traces, calls are not", async () => {
    const inner = h.jit((x: h.Tensor) => x.mul(3), { name: "triple" });
    const outer = h.jit((x: h.Tensor) => inner.inline(x).add(1));
    expect(await values(await outer(h.tensor([2])))).toEqual([7]);
    expect(() => inner.inline(h.tensor([1]))).toThrow(
      "[jit] triple.inline is for use inside another compiled function",
    );
    const wrong = h.jit((x: h.Tensor) => {
      void inner(x).catch(() => {});
      return inner.sync(x);
    });
    await expect(wrong(h.tensor([1]))).rejects.toThrow("triple was called inside a compiled function");
  });

  test("equal leaves in another tree are another signature", async () => {
    type Groups = readonly (readonly h.Tensor[])[];
    const counts = h.jit((groups: Groups) => groups.map((group) => group.length));
    const x = h.tensor([1]);
    expect(await counts([[], [x]])).toEqual([0, 1]);
    expect(await counts([[x], []])).toEqual([1, 0]);
  });

  test("repeated retracing warns with the signatures", async () => {
    const warnings: string[] = [];
    const before = console.warn;
    console.warn = (text: string) => warnings.push(text);
    try {
      const f = h.jit((x: h.Tensor) => x.add(1), { name: "growing" });
      for (let n = 1; n <= 9; n++) await f(h.zeros([n]));
    } finally {
      console.warn = before;
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("[jit] growing was traced 8 times");
    expect(warnings[0]).toContain("float32[8]");
  });

  test("sync answers at once on an idle wasm device", () => {
    const f = h.jit((x: h.Tensor) => x.matmul(x).sum());
    expect(
      f
        .sync(
          h.tensor([
            [1, 2],
            [3, 4],
          ]),
        )
        .dataSync(),
    ).toEqual(new Float32Array([54]));
  });
});

describe("gradients of states", () => {
  test("two equal inputs stay two", () => {
    const x = h.tensor([3]);
    const g = h.grad((p: { a: h.Tensor; b: h.Tensor }) => p.a.mul(p.b).mul(p.b).sum())({ a: x, b: x });
    expect([g.a.dataSync()[0], g.b.dataSync()[0]]).toEqual([9, 18]);
  });

  test("a shared parameter gets the sum of its gradients", () => {
    const shared = { state: state(2) };
    const g = h.grad([shared], () =>
      read(shared.state).mul(3).sum().add(read(shared.state).square().sum()),
    )();
    expect(g.get(shared)!.dataSync()).toEqual(new Float32Array([7]));
  });

  test("an unused parameter has gradient zero, and only what fn records counts", () => {
    const [used, unused] = [{ state: state(2) }, { state: state(5, 6) }];
    const outside = read(used.state).mul(100);
    const g = h.grad([used, unused], () => read(used.state).mul(outside).sum())();
    expect([...g.get(used)!.dataSync(), ...g.get(unused)!.dataSync()]).toEqual([200, 0, 0]);
  });

  test("third derivatives, by nesting", () => {
    const f = (x: h.Tensor): h.Tensor => x.pow(4).sum();
    const third = h.grad((x: h.Tensor) =>
      h
        .grad((y: h.Tensor) => h.grad(f)(y).sum())(x)
        .sum(),
    );
    expect(third(h.tensor([2])).dataSync()[0]).toBeCloseTo(48, 3);
  });

  test("customGrad replaces the gradient and nothing else", () => {
    const clipped = h.customGrad((x: h.Tensor) => ({
      value: x.square(),
      grad: (dy) => [dy.mul(x).clip(-1, 1)],
    }));
    const [value, g] = h.valueAndGrad((x: h.Tensor) => clipped(x).sum())(h.tensor([0.5, 4]));
    expect(value.dataSync()[0]).toBe(16.25);
    expect(g.dataSync()).toEqual(new Float32Array([0.5, 1]));
  });

  test("the gradient of an op without one is an error", () => {
    expect(() => h.grad((x: h.Tensor) => x)(h.tensor([1, 2]))).toThrow(
      "[grad] needs a scalar output: got shape [2]",
    );
    expect(() => h.grad((x: h.Tensor) => x.sum())(h.tensor(new Int32Array([1])))).toThrow(
      "[grad] needs a float32 argument: got int32",
    );
    expect(() => h.grad((() => 3) as never)(h.tensor([1]) as never)).toThrow("must return a scalar tensor");
  });
});

describe("reads", () => {
  test("a random tensor reads the same every time, and in another seed differently", async () => {
    h.setSeed(3);
    const x = h.randomUniform([4]);
    const y = x.mul(2);
    const [a, b, c] = [await values(x), await values(y), await values(x)];
    expect(a).toEqual(c);
    expect(b).toEqual(a.map((v) => 2 * v));
    h.setSeed(3);
    expect(await values(h.randomUniform([4]))).toEqual(a);
    h.setSeed(4);
    expect(await values(h.randomUniform([4]))).not.toEqual(a);
  });

  test("dropout read twice agrees, and differs between calls of one compiled function", async () => {
    const mask = h.dropoutMask([64], 0.5);
    expect(await values(mask)).toEqual(await values(mask));
    const f = h.jit(() => h.dropoutMask([64], 0.5));
    expect(await values(await f())).not.toEqual(await values(await f()));
  });

  test("two reads in flight while a step runs keep their places", async () => {
    const w = state(1);
    const step = h.jit(() => w.assign(read(w).add(1).node));
    const first = read(w).data();
    const running = step();
    const second = read(w).data();
    await running;
    expect([(await first)[0], (await second)[0]]).toEqual([1, 2]);
  });

  test("a loop of 400 dependent reads stays linear", async () => {
    let x = h.tensor([0]);
    for (let i = 0; i < 400; i++) {
      const y = x.add(1);
      await y.mul(2).data();
      x = y;
    }
    expect(await x.item()).toBe(400);
    let depth = 0;
    for (let at = [x.node]; at.length > 0; at = at.flatMap((n) => n.inputs)) depth++;
    expect(depth).toBeLessThan(5);
  });

  test("equal graphs share a plan, whatever their literals", async () => {
    const { currentDevice } = await import("../../src/runtime/devices.ts");
    const { reads } = currentDevice();
    await h.tensor([1, 2, 3]).mul(4).add(5).data();
    const before = reads.size;
    expect(await values(h.tensor([1, 2, 3]).mul(7).add(0.5))).toEqual([7.5, 14.5, 21.5]);
    expect(reads.size).toBe(before);
  });

  test("a disposed tensor is an error, but pending work has its value", async () => {
    const x = h.tensor([1, 2]);
    const y = x.add(1);
    x.dispose();
    expect(await values(y)).toEqual([2, 3]);
    expect(() => x.add(1)).toThrow("[tensor] [2] was disposed and cannot be used");
    x.dispose();
  });

  test("arguments disposed before a pending step has run are still its arguments", async () => {
    await h.setDevice("webgpu");
    try {
      const w = State.fromHost([1], "float32", new Float32Array([5]), "w");
      const step = h.jit((x: h.Tensor) => {
        w.assign(read(w).add(x).node);
        return x.mul(2);
      });
      const x = h.tensor([3]);
      const running = step(x);
      x.dispose();
      // The step has not run yet, but in program order it has.
      expect(await values(read(w))).toEqual([8]);
      expect(await values(await running)).toEqual([6]);
      await h.setDevice("wasm", { threads: 1 });
      await step(h.tensor([10]));
      expect(await values(read(w))).toEqual([18]);
    } finally {
      await h.setDevice("wasm", { threads: 1 });
    }
  });
});
