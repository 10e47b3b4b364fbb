/**
 * CIFAR-10: 50,000 + 10,000 colour pictures of 32×32 pixels in ten classes, in its binary version. A file is records
 * of a label and the red, green and blue plane, without header.
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009); cs.toronto.edu/~kriz/cifar.html.
 */
import { environment, joinPath, readFolder } from "#platform";
import { fail } from "../base/errors.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";
import { type Dataset, dataset } from "./dataset.ts";
import type { TrainTest } from "./mnist.ts";
import { folder } from "./options.ts";
import { cooperate, type Sliced } from "./slices.ts";
import { type FileSource, nameOf, readSource } from "./source.ts";

interface Sources {
  readonly train: readonly FileSource[];
  readonly test: readonly FileSource[];
}

const sources = kind<Sources>((v) => {
  const { train, test } = Object(v);
  return Array.isArray(train) && Array.isArray(test) ? "" : "must be { train, test }, two lists of files";
});

const cifar10Options = options({
  /**
   * Folder with `data_batch_1.bin` … and `test_batch.bin`, gzipped or not; any `train*.bin` and `test*.bin` will do.
   * Node only. Default: `cifar-10-batches-bin` or `cifar10` in the folder that the environment variable `HEDDLE_DATA`
   * names, or that folder.
   */
  directory: folder(),
  /** The files themselves, instead of a folder. Default: they are read from the folder. */
  source: sources(),
});

/** Options of {@link cifar10}. */
export interface Cifar10Options extends OptionsOf<typeof cifar10Options> {}

/** Both parts of the data set, and the names of its classes. */
export interface Cifar10 extends TrainTest {
  /** Names of the classes, by number. */
  readonly classes: readonly string[];
}

const CLASSES = "airplane automobile bird cat deer dog frog horse ship truck";
const SIZE = 32;
const PLANE = SIZE * SIZE;
const CHANNELS = 3;
const RECORD = 1 + CHANNELS * PLANE;
const FILES = { train: /^(data_batch|train).*\.bin(\.gz)?$/, test: /^test.*\.bin(\.gz)?$/ };
const FOLDERS = ["cifar-10-batches-bin", "cifar10"];

/**
 * Loads CIFAR-10: x are pictures, float32 [32, 32, 3] with values in [0, 1]; y are labels, int32 scalars 0…9.
 * The pictures stay bytes in memory, 184 MB for both parts.
 *
 * @example
 * const { train, test, classes } = await cifar10({ directory: "data/cifar-10-batches-bin" });
 * @throws HeddleError when there are no such files, or one is corrupt
 */
export async function cifar10(options: Cifar10Options = {}): Promise<Cifar10> {
  const { directory, source } = cifar10Options.read("cifar10", options);
  const { train, test } = source ?? (await findFiles(directory ?? (await defaultDirectory())));
  return { train: await part(train), test: await part(test), classes: CLASSES.split(" ") };
}

async function part(sources: readonly FileSource[]): Promise<Dataset> {
  const files: Uint8Array[] = [];
  for (const source of sources) {
    const file = await readSource("cifar10", source);
    if (file.length === 0 || file.length % RECORD !== 0) {
      const got = `${file.length} bytes`;
      fail("cifar10", `${nameOf(source)}: a file is whole records of ${RECORD} bytes: got ${got}`);
    }
    files.push(file);
  }
  return (await cooperate(unpack(files, sources))).value;
}

/** Records to columns: planes become pixels. */
function* unpack(files: readonly Uint8Array[], sources: readonly FileSource[]): Sliced<never, Dataset> {
  const length = files.reduce((sum, file) => sum + file.length / RECORD, 0);
  const pixels = new Uint8Array(length * CHANNELS * PLANE);
  const labels = new Uint8Array(length);
  let sample = 0;
  for (const [f, file] of files.entries()) {
    for (let start = 0; start < file.length; start += RECORD) {
      const label = file[start];
      if (label > 9) {
        const record = start / RECORD;
        fail("cifar10", `${nameOf(sources[f])}: labels are 0 to 9: got ${label} in record ${record}`);
      }
      labels[sample] = label;
      const to = sample++ * CHANNELS * PLANE;
      for (let i = 0; i < PLANE; i++) {
        for (let c = 0; c < CHANNELS; c++) pixels[to + i * CHANNELS + c] = file[start + 1 + c * PLANE + i];
      }
      yield;
    }
  }
  return dataset([
    { data: pixels, shape: [length, SIZE, SIZE, CHANNELS], scale: 1 / 255 },
    { data: labels, dtype: "int32" },
  ]);
}

async function findFiles(directory: string): Promise<{ train: FileSource[]; test: FileSource[] }> {
  const { files } = await readFolder(directory);
  const matching = (pattern: RegExp): FileSource[] => {
    const found = files.filter((name) => pattern.test(name));
    return found.length > 0
      ? found.map((name) => ({ path: joinPath(directory, name) }))
      : fail(
          "cifar10",
          `${directory} has no file ${pattern === FILES.train ? "data_batch_1.bin" : "test_batch.bin"}: ` +
            "put the files of CIFAR-10's binary version there, or name another `directory`",
        );
  };
  return { train: matching(FILES.train), test: matching(FILES.test) };
}

async function defaultDirectory(): Promise<string> {
  const root = environment("HEDDLE_DATA");
  if (root === undefined) {
    return fail("cifar10", "say where the files are: `directory`, `source`, or the variable HEDDLE_DATA");
  }
  const { folders } = await readFolder(root);
  const inside = FOLDERS.find((name) => folders.includes(name));
  return inside === undefined ? root : joinPath(root, inside);
}
