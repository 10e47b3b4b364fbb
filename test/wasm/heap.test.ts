/** The allocator: random use never overlaps, leaks or splinters; it grows in steps and refuses in words. */
import { describe, expect, it } from "vitest";
import { ALIGNMENT, Heap } from "../../src/backends/wasm/heap.ts";
import { noise } from "./harness.ts";

const START = 1000;

describe("random use", () => {
  it.each([1, 2, 3, 4, 5])("seed %i", (seed) => {
    const numbers = noise(6000, 0.5, seed).map((x) => x + 0.5);
    let end = 0;
    const heap = new Heap(START, 2 ** 32, (to) => {
      end = to;
      return true;
    });
    const blocks: { address: number; bytes: number }[] = [];
    let live = 0;
    let peak = 0;
    const size = (bytes: number): number => Math.ceil(Math.max(1, bytes) / ALIGNMENT) * ALIGNMENT;
    for (let i = 0; i + 2 < numbers.length; i += 3) {
      if (numbers[i] < 0.55 || blocks.length === 0) {
        const bytes = Math.floor(10 ** (6 * numbers[i + 1]));
        const address = heap.alloc(bytes);
        const overlaps = blocks.some((b) => address < b.address + b.bytes && b.address < address + bytes);
        if (overlaps || address % ALIGNMENT || address < START || address + bytes > end) {
          expect.fail(`${bytes} bytes at ${address}, memory ends at ${end}, overlapping: ${overlaps}`);
        }
        blocks.push({ address, bytes });
        live += size(bytes);
      } else {
        const [block] = blocks.splice(Math.floor(numbers[i + 2] * blocks.length * 0.999), 1);
        heap.free(block.address);
        live -= size(block.bytes);
      }
      peak = Math.max(peak, live);
    }
    expect(heap.use()).toMatchObject({ live, peak });
    for (const { address } of blocks) heap.free(address);
    // All free space is one block again: it can be taken whole without growing.
    const { reserved } = heap.use();
    const first = Math.ceil(START / ALIGNMENT) * ALIGNMENT;
    expect(heap.alloc(reserved - first)).toBe(first);
    expect(heap.use().reserved).toBe(reserved);
  });
});

it("takes the smallest hole that fits", () => {
  const heap = new Heap(0, 2 ** 32, () => true);
  const [large, , small] = [10, 1, 4, 1].map((blocks) => heap.alloc(blocks * ALIGNMENT));
  heap.free(large);
  heap.free(small);
  expect(heap.alloc(3 * ALIGNMENT)).toBe(small);
  expect(heap.alloc(10 * ALIGNMENT)).toBe(large);
});

it("grows by exactly the missing bytes if more is refused", () => {
  const most = 3 << 20;
  const heap = new Heap(0, 2 ** 32, (end) => end <= most);
  const address = heap.alloc(1 << 20);
  heap.free(address);
  expect(heap.alloc(most)).toBe(0);
  expect(() => heap.alloc(1000)).toThrow(
    `[wasm] out of memory: 1000 bytes asked, ${most} alive, the memory cannot grow`,
  );
});

it("keeps to its limit", () => {
  const heap = new Heap(0, 10_000, () => true);
  heap.alloc(5000);
  expect(() => heap.alloc(6000)).toThrow("out of memory: 6000 bytes asked, 5120 alive, the limit is 10000");
});

it("notices a second free", () => {
  const heap = new Heap(0, 10_000, () => true);
  const address = heap.alloc(1);
  heap.free(address);
  expect(() => heap.free(address)).toThrow("freed twice");
});
