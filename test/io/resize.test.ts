import { describe, expect, it } from "vitest";
import { resizePicture } from "../../src/io/resize.ts";

/** Gray values as an opaque picture. */
function picture(rows: number[][], alpha = 255) {
  const data = new Uint8Array(rows.flat().flatMap((v) => [v, v, v, alpha]));
  return { width: rows[0].length, height: rows.length, data };
}

const gray = (rows: number[][], height: number, width: number, fit?: "fill" | "cover") => [
  ...resizePicture(picture(rows), { height, width, channels: 1, fit }),
];

describe("resizePicture", () => {
  it("leaves a picture of the right size as it is", () => {
    const rows = Array.from({ length: 5 }, (_, y) =>
      Array.from({ length: 7 }, (_, x) => (x * 37 + y * 11) % 256),
    );
    expect(gray(rows, 5, 7)).toEqual(rows.flat());
  });

  it("interpolates between pixel centres", () => {
    expect(gray([[0, 100]], 1, 4)).toEqual([0, 25, 75, 100]);
    expect(gray([[0], [100]], 4, 1)).toEqual([0, 25, 75, 100]);
  });

  it("averages where it shrinks", () => {
    const stripes = [Array.from({ length: 64 }, (_, x) => (x % 2) * 200)];
    for (const v of gray(stripes, 1, 8)) expect(Math.abs(v - 100)).toBeLessThan(8);
    expect(gray([[10, 20, 30, 40]], 1, 1)[0]).toBe(25);
    // A triangle of reach 2, cut off at the border: weights 3 : 3 : 1.
    expect(gray([[0, 0, 70, 70]], 1, 2)).toEqual([10, 60]);
  });

  it("covers: keeps proportions, cuts what stands out", () => {
    expect(gray([[9, 50, 60, 9]], 1, 2, "cover")).toEqual([50, 60]);
    expect(gray([[1], [50], [60], [3]], 2, 1, "cover")).toEqual([50, 60]);
  });

  it("keeps colours apart, and puts transparency on white", () => {
    const color = { width: 1, height: 1, data: new Uint8Array([10, 20, 30, 255]) };
    expect([...resizePicture(color, { height: 1, width: 2 })]).toEqual([10, 20, 30, 10, 20, 30]);
    expect([...resizePicture(picture([[0]], 0), { height: 1, width: 1 })]).toEqual([255, 255, 255]);
  });

  it("rejects an empty picture", () => {
    const empty = { width: 0, height: 3, data: new Uint8Array(0) };
    expect(() => resizePicture(empty, { height: 1, width: 1 })).toThrow(
      "[image] a picture has pixels: got 0 × 3",
    );
  });
});
