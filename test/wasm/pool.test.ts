/** Pooling, its gradient and its take against naive loops: overlaps, padding, empty windows, ties, NaN, infinities. */
import { it } from "vitest";
import type { PoolKernel, Window2d } from "../../src/kernel/types.ts";
import { naivePool, randomWindow, sizesOf, windowOf } from "../support/window.ts";
import { addInPlace, biasRelu, check, describeBinaries, type Epilogue, Random } from "./contraction.ts";
import { noise } from "./harness.ts";

type Kind = PoolKernel["kind"];
type Op = PoolKernel["op"];

const KERNELS: readonly (readonly [Kind, Op])[] = [
  ["pool", "max"],
  ["pool", "sum"],
  ["poolGrad", "max"],
  ["poolGrad", "sum"],
  ["poolTake", "max"],
];

/** Few distinct numbers, so that windows have ties, and none that a sum would turn into NaN. */
function ties(size: number, random: Random): Float32Array {
  const values = [Number.NaN, Number.NEGATIVE_INFINITY, 0, 1, 1, -1, 2, 2];
  return Float32Array.from({ length: size }, () => random.pick(values));
}

describeBinaries("pooling", (backend) => {
  async function verify(
    window: Window2d,
    x: Float32Array,
    epilogue?: (result: number, shape: number[]) => Epilogue,
  ) {
    const { input, output } = sizesOf(window);
    for (const [kind, op] of KERNELS) {
      const g = noise(kind === "poolTake" ? input : output, 1, 9);
      const isSumGrad = kind === "poolGrad" && op === "sum";
      const operands = kind === "pool" ? [x] : isSumGrad ? [g] : [x, g];
      const [height, width] =
        kind === "poolGrad" ? [window.inHeight, window.inWidth] : [window.outHeight, window.outWidth];
      const last = epilogue?.(operands.length, [window.batch, height, width, window.inChannels]);
      const expected = naivePool(kind, op, window, x, g);
      await check(backend(), { kind, op, window }, operands, expected, 1e-5, last);
    }
  }

  it("computes random windows", async () => {
    const random = new Random(4);
    for (let round = 0; round < 120; round++) {
      const window = randomWindow(random, () => {
        const channels = random.pick([1, 2, 3, 4, 5, 8, 11, 40]);
        return { in: channels, out: channels, groups: channels };
      });
      const { input } = sizesOf(window);
      await verify(window, random.next() < 0.5 ? noise(input) : ties(input, random));
    }
  });

  it("computes windows that tile the input, or nearly", async () => {
    const random = new Random(5);
    for (let round = 0; round < 40; round++) {
      const kernel = [random.int(1, 3), random.int(1, 3)] as const;
      const channels = random.pick([3, 16, 21, 36]);
      const window = windowOf({
        batch: random.int(1, 2),
        size: [random.int(3, 9), random.int(3, 9)],
        channels: [channels, channels],
        groups: channels,
        kernel,
        strides: kernel,
        padding: [
          [random.int(-1, 1), random.int(0, 2)],
          [random.int(0, 1), random.int(-1, 2)],
        ],
      });
      await verify(window, ties(sizesOf(window).input, random));
    }
  });

  it("computes windows of many chunks, with an epilogue", async () => {
    const pads = [
      [1, 1],
      [1, 1],
    ] as const;
    for (const window of [
      windowOf({
        batch: 16,
        size: [24, 24],
        channels: [16, 16],
        groups: 16,
        kernel: [2, 2],
        strides: [2, 2],
      }),
      windowOf({
        size: [40, 40],
        channels: [80, 80],
        groups: 80,
        kernel: [3, 3],
        strides: [2, 2],
        padding: pads,
      }),
    ]) {
      const x = noise(sizesOf(window).input);
      await verify(window, x);
      await verify(window, x, (result, shape) => biasRelu(result, result + 1, shape));
      await verify(window, x, addInPlace);
    }
  });
});
