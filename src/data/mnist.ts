/** MNIST: 60,000 + 10,000 handwritten digits of 28×28 pixels (LeCun, Cortes, Burges), from a folder or the network. */
import { environment, fileExists, joinPath, readFile } from "#platform";
import { fail } from "../base/errors.ts";
import { kind, type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { download } from "./download.ts";
import { idx } from "./idx.ts";
import { folder } from "./options.ts";

/** Training and test samples. */
export interface TrainTest {
  /** What a model learns from. */
  readonly train: Dataset;
  /** What it is judged by. */
  readonly test: Dataset;
}

const MIRROR = "https://storage.googleapis.com/cvdf-datasets/mnist/";

const CHECKSUMS: Readonly<Record<string, string>> = {
  "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
};

const address = /* @__PURE__ */ kind<string>((v) => (typeof v === "string" ? "" : "must be an address"));
const sums = /* @__PURE__ */ kind<Readonly<Record<string, string>> | false>((v) =>
  v === false || Object(v) === v ? "" : "must be SHA-256 sums by name, or false",
);

const mnistOptions = options({
  /**
   * Folder with the four IDX files, gzipped or plain, named `train-images-idx3-ubyte` or `train-images.idx3-ubyte`.
   * Node only. Default: `mnist` inside the folder that the environment variable `HEDDLE_DATA` names, or that folder.
   */
  directory: folder(),
  /** Where the four `.gz` files are downloaded from when there is no folder. Default: a public mirror. */
  url: address(MIRROR),
  /** SHA-256 of each downloaded file by its name; false: no check. Default: those of the original files. */
  checksums: sums(CHECKSUMS),
});

/** Options of {@link mnist}. */
export interface MnistOptions extends OptionsOf<typeof mnistOptions> {}

/** Finds and reads one of the four files, by its name without `.gz`. */
type Read = (name: string) => Promise<Uint8Array>;

/**
 * Loads MNIST: x are images, float32 [28, 28, 1] with values in [0, 1]; y are labels, int32 scalars 0…9.
 * Downloads are kept (see {@link download}); the images stay bytes in memory, 55 MB for both parts.
 *
 * @example
 * const { train, test } = await mnist({ directory: "data/mnist" });
 * @throws HeddleError when a file is missing, corrupt, or fails its checksum
 */
export async function mnist(options?: MnistOptions): Promise<TrainTest> {
  const values = mnistOptions.read("mnist", options);
  const directory = values.directory ?? (await defaultDirectory());
  const read = directory === undefined ? fromUrl(values) : fromDirectory(directory);
  const [train, test] = await inOrder([part(read, "train"), part(read, "t10k")]);
  return { train, test };
}

/** All results; of several failures the first in order, whichever came first. */
async function inOrder<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

async function part(read: Read, prefix: string): Promise<Dataset> {
  const names = [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`];
  const [images, labels] = await inOrder(names.map(async (name) => idx(await read(name), name)));
  const expect = (right: boolean, rule: string) => right || fail("mnist", rule);
  for (const [i, { data, shape }] of [images, labels].entries()) {
    const right = shape.length === 3 - 2 * i && data instanceof Uint8Array;
    expect(
      right,
      `${names[i]} holds bytes of rank ${3 - 2 * i}: got ${data.constructor.name} ${showShape(shape)}`,
    );
  }
  const [count, ...pixels] = images.shape;
  expect(
    count === labels.shape[0],
    `every image has a label: got ${count} in ${names[0]} and ${labels.shape[0]} in ${names[1]}`,
  );
  return dataset([
    { data: images.data as Uint8Array, shape: [count, ...pixels, 1], scale: 1 / 255 },
    { data: labels.data as Uint8Array, dtype: "int32" },
  ]);
}

async function defaultDirectory(): Promise<string | undefined> {
  const root = environment("HEDDLE_DATA");
  if (root === undefined) return undefined;
  const inside = joinPath(root, "mnist");
  return (await find(root)) && !(await find(inside)) ? root : inside;
}

/** The file of a folder, under either spelling, packed or not. */
async function find(directory: string, name = "train-images-idx3-ubyte"): Promise<string | undefined> {
  for (const spelling of [name, name.replace("-idx", ".idx")]) {
    for (const ending of ["", ".gz"]) {
      const path = joinPath(directory, spelling + ending);
      if (await fileExists(path)) return path;
    }
  }
  return undefined;
}

function fromDirectory(directory: string): Read {
  return async (name) => {
    const path = await find(directory, name);
    return path !== undefined
      ? readFile(path)
      : fail(
          "mnist",
          `${directory} has no ${name} or ${name}.gz: put the four MNIST files there, name another \`directory\`, ` +
            "or leave it out (and HEDDLE_DATA unset) to download them",
        );
  };
}

function fromUrl({ url, checksums }: ValuesOf<typeof mnistOptions>): Read {
  return (name) => {
    const file = `${name}.gz`;
    const checksum = checksums === false ? undefined : checksums[file];
    return download("mnist", `${url.replace(/\/?$/, "/")}${file}`, checksum);
  };
}
