import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageFolder } from "../../src/data/imageFolder.ts";
import * as browser from "../../src/platform/browser.ts";

/** A picture of one colour. */
function plain(width: number, height: number, color: number[]) {
  const data = Buffer.alloc(width * height * 4);
  for (let i = 0; i < data.length; i++) data[i] = color[i % 4];
  return { width, height, data };
}

function png(picture: ReturnType<typeof plain>): Uint8Array {
  const file = new PNG(picture);
  file.data = picture.data;
  return PNG.sync.write(file);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-pictures-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array | string) {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), bytes);
}

describe("imageFolder", () => {
  it("labels pictures by their folders, in the order of names", async () => {
    await put("dogs/2.png", png(plain(5, 3, [255, 0, 0, 255])));
    await put("cats/b.JPG", jpeg.encode(plain(16, 16, [0, 0, 255, 255]), 100).data);
    await put("cats/a.png", png(plain(2, 2, [0, 255, 0, 255])));
    await put("cats/notes.txt", "not a picture");
    await put("cats/.hidden.png", "not a picture");
    await put(".cache/c.png", "not a picture");
    await symlink(join(folder, "dogs"), join(folder, "wolves"));
    const { data, classes } = await imageFolder(folder, { size: [2, 4] });
    expect([classes, data.length]).toEqual([["cats", "dogs", "wolves"], 4]);
    const [[x, y]] = data.hostBatches();
    expect([x.shape, x.dtype, [...y.data], y.dtype]).toEqual([
      [4, 2, 4, 3],
      "float32",
      [0, 0, 1, 2],
      "int32",
    ]);
    const first = (i: number) => [...x.data.subarray(24 * i, 24 * i + 3)].map(Math.round);
    expect([0, 1, 2].map(first)).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it("makes them gray", async () => {
    await put("a/x.png", png(plain(3, 3, [0, 255, 0, 255])));
    const { data } = await imageFolder(folder, { size: 2, color: "grayscale", fit: "cover" });
    const [[x]] = data;
    expect(x.shape).toEqual([2, 2, 1]);
    for (const v of x.data) expect(v).toBeCloseTo(0.587, 2);
  });

  it("rejects what is not there, or corrupt", async () => {
    const load = (options: object = {}) => imageFolder(folder, { size: 2, ...options });
    await expect(load()).rejects.toThrow(
      `[imageFolder] ${folder} has no folders: expected one for each class`,
    );
    await put("a/readme.txt", "");
    await expect(load()).rejects.toThrow(`[imageFolder] ${join(folder, "a")} has no PNG or JPEG files`);
    const path = join(folder, "a/x.png");
    await put("a/x.png", "GIF89a");
    await expect(load()).rejects.toThrow(
      `[image] ${path}: a picture must be a PNG or JPEG file: got one that`,
    );
    await put("a/x.png", png(plain(9, 9, [1, 2, 3, 255])).subarray(0, 40));
    await expect(load()).rejects.toThrow(`[image] ${path}: corrupt PNG file: `);
    await expect(load({ size: 0 })).rejects.toThrow(
      "[imageFolder] size must be a positive integer or two of them: got 0",
    );
    await expect(load({ color: "cmyk" })).rejects.toThrow(
      '[imageFolder] color must be "rgb" or "grayscale": got "cmyk"',
    );
    await expect(load({ fit: "crop" })).rejects.toThrow(
      '[imageFolder] fit must be "fill" or "cover": got "crop"',
    );
    await expect(browser.readFolder("x")).rejects.toThrow("[file] browsers have no folders: got x");
  });
});
