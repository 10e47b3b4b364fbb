/** Folders of pictures, one per class: the usual layout of a classification dataset of one's own (Node). */
import { joinPath, readFile, readFolder } from "#platform";
import { fail } from "../base/errors.ts";
import { oneOf } from "../base/options/kinds.ts";
import { type OptionsOf, options, required } from "../base/options/schema.ts";
import { decodeImage } from "../io/image.ts";
import { resizePicture } from "../io/resize.ts";
import { pair, pairOfCounts } from "../ops/window.ts";
import { type Dataset, dataset } from "./dataset.ts";

const imageFolderOptions = options({
  /** Every picture is resized to it: a number, or [height, width]. */
  size: required(pairOfCounts()),
  /** Default `rgb`. */
  color: oneOf("rgb", "grayscale")("rgb"),
  /** `fill` stretches to the size; `cover` keeps the proportions and cuts off what stands out. Default `fill`. */
  fit: oneOf("fill", "cover")("fill"),
});

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions extends OptionsOf<typeof imageFolderOptions> {}

/** Images, and the names of the folders they were in. */
export interface ImageFolder {
  /** One sample per image. */
  readonly data: Dataset;
  /** Names of the folders, sorted; the label of a picture is the index of its folder. */
  readonly classes: readonly string[];
}

const PICTURE = /\.(png|jpe?g)$/i;

/**
 * Loads `path/CLASS/*.png` and `.jpg`: x are pictures, float32 [height, width, 3 or 1] with values in [0, 1]; y are
 * labels, int32 scalars. All are decoded at once and stay bytes in memory. Names that begin with a dot, and other
 * files, are left out.
 *
 * @example
 * const { data, classes } = await imageFolder("flowers", { size: 64 });
 * const [train, test] = data.split(0.8);
 * @throws HeddleError when there are no class folders, one has no pictures, or a picture is corrupt
 */
export async function imageFolder(path: string, options: ImageFolderOptions): Promise<ImageFolder> {
  const { size, color, fit } = imageFolderOptions.read("imageFolder", options);
  const [height, width] = pair("imageFolder", "size", size);
  const channels = color === "rgb" ? 3 : 1;
  const { classes, files } = await findPictures(path);
  const pixels = height * width * channels;
  const data = new Uint8Array(files.length * pixels);
  const labels = Int32Array.from(files, ({ label }) => label);
  for (const [i, { file }] of files.entries()) {
    const picture = await decodeImage(await readFile(file), file);
    data.set(resizePicture(picture, { height, width, channels, fit }), i * pixels);
  }
  const shape = [files.length, height, width, channels];
  return { data: dataset([{ data, shape, scale: 1 / 255 }, labels]), classes };
}

interface Found {
  readonly file: string;
  readonly label: number;
}

async function findPictures(path: string): Promise<{ classes: string[]; files: Found[] }> {
  const isShown = (name: string) => !name.startsWith(".");
  const classes = (await readFolder(path)).folders.filter(isShown);
  if (classes.length === 0) fail("imageFolder", `${path} has no folders: expected one for each class`);
  const files: Found[] = [];
  for (const [label, name] of classes.entries()) {
    const folder = joinPath(path, name);
    const pictures = (await readFolder(folder)).files.filter((file) => isShown(file) && PICTURE.test(file));
    if (pictures.length === 0) fail("imageFolder", `${folder} has no PNG or JPEG files`);
    for (const picture of pictures) files.push({ file: joinPath(folder, picture), label });
  }
  return { classes, files };
}
