import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { decodeImage, toGrayscale28 } from "../../src/io/image.ts";

/** A picture of gray values 0…255. */
function picture(width: number, height: number, gray: (x: number, y: number) => number, alpha = 255) {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.fill(gray(x, y), (y * width + x) * 4, (y * width + x) * 4 + 3);
      data[(y * width + x) * 4 + 3] = alpha;
    }
  }
  return { width, height, data };
}

const bytesOf = (buffer: Buffer) => new Uint8Array(buffer);

function png(source: ReturnType<typeof picture>): Uint8Array {
  const file = new PNG(source);
  file.data = Buffer.from(source.data);
  return bytesOf(PNG.sync.write(file));
}

describe("decodeImage", () => {
  const source = picture(5, 3, (x, y) => 40 * x + 10 * y);

  it("reads PNG exactly", async () => {
    const { width, height, data } = await decodeImage(png(source));
    expect([width, height, [...data]]).toEqual([5, 3, [...source.data]]);
  });

  it("reads JPEG nearly", async () => {
    const { width, height, data } = await decodeImage(
      bytesOf(jpeg.encode({ ...source, data: Buffer.from(source.data) }, 95).data),
    );
    expect([width, height, data.length]).toEqual([5, 3, 60]);
    for (let i = 0; i < 60; i++) expect(Math.abs(data[i] - source.data[i])).toBeLessThan(8);
  });

  it("rejects other files and corrupt ones", async () => {
    const message = "[image] a picture must be a PNG or JPEG file: got one that starts with ";
    await expect(decodeImage(new TextEncoder().encode("GIF89a"))).rejects.toThrow(`${message}47 49 46 38`);
    await expect(decodeImage(new Uint8Array(0))).rejects.toThrow(`${message}nothing`);
    await expect(decodeImage(png(source).subarray(0, 40))).rejects.toThrow("[image] corrupt PNG file: ");
    await expect(decodeImage(new Uint8Array([0xff, 0xd8, 0xff, 1, 2]))).rejects.toThrow(
      "[image] corrupt JPEG file: ",
    );
  });
});

describe("toGrayscale28", () => {
  it("keeps a 28×28 picture as it is", () => {
    const { data, shape } = toGrayscale28(picture(28, 28, (x, y) => (x * y) % 100));
    expect(shape).toEqual([1, 28, 28, 1]);
    for (let i = 0; i < 784; i++)
      expect(data[i]).toBeCloseTo((((i % 28) * Math.floor(i / 28)) % 100) / 255, 5);
  });

  it("averages by area, whatever the size", () => {
    for (const size of [14, 30, 56, 100]) {
      const { data } = toGrayscale28(
        picture(size, size, (x) => (x * 200) / size),
        { invert: false },
      );
      let mean = 0;
      for (const v of data) mean += v / 784;
      expect(mean).toBeCloseTo((100 - 100 / size) / 255, 2);
    }
    const fine = picture(56, 56, (x, y) => ((x + y) % 2) * 255);
    for (const v of toGrayscale28(fine, { invert: false }).data) expect(v).toBeCloseTo(0.5, 5);
  });

  it("turns dark on light around, and transparent paper is light", () => {
    const stroke = (x: number) => (x > 12 && x < 15 ? 0 : 255);
    const { data } = toGrayscale28(picture(28, 28, stroke));
    expect([data[0], data[13]]).toEqual([0, 1]);
    expect(toGrayscale28(picture(28, 28, stroke), { invert: false }).data[0]).toBe(1);
    expect(toGrayscale28(picture(28, 28, () => 0, 0)).data[5]).toBe(0);
  });

  it("centres what is not square on its background", () => {
    const { data } = toGrayscale28(picture(14, 28, (x) => (x === 7 ? 255 : 51)));
    const row = [...data.subarray(28 * 14, 28 * 15)];
    expect(row[7 + 7]).toBeCloseTo(1, 5);
    for (const at of [8, 13, 15, 20]) expect(row[at]).toBeCloseTo(0.2, 5);
    for (const at of [0, 6, 21, 27]) expect(row[at]).toBeGreaterThan(0.19);
    for (const at of [0, 6, 21, 27]) expect(row[at]).toBeLessThan(0.26);
    expect(toGrayscale28(picture(1, 1, () => 10)).data[300]).toBeCloseTo(10 / 255, 5);
  });

  it("rejects an empty picture", () => {
    expect(() => toGrayscale28({ width: 0, height: 3, data: new Uint8Array(0) })).toThrow(
      "[image] a picture has pixels: got 0 × 3",
    );
  });
});
