/** Files and options that loaders and augmentation stages cannot use. */
import { describe } from "vitest";
import { digits as drawDigits } from "../../src/data/digits.ts";
import * as data from "../../src/data/index.ts";
import { readNpy, readNpz, readSafetensors, writeNpy } from "../../src/io/index.ts";
import { describeMistakes } from "./rows.ts";
import { describeFactories, describeFactory } from "./schemas.ts";

const text = "a,b\n1,2\n3,4\n";

describeFactories(
  data,
  {
    csv: (options) => data.csv(text, options),
    imageFolder: (options) => data.imageFolder("nowhere", options),
    digits: drawDigits,
    standardize: (options) => data.standardize(data.dataset([[1, 2]]), options),
  },
  {
    dataset: "takes columns: see `files`",
    idx: "takes bytes: see `files`",
    stagesFromConfig: "takes descriptions: see `stages`",
    applyStages: "takes pictures: see `stages`",
  },
);

const samples = data.dataset([[1, 2]]);
describe("of datasets", () => {
  describeFactory("dataset", (options) => samples.batches(options));
  describeFactory("dataset", (options) => samples.shuffle(options));
  describeFactory("dataset", (options) => samples.split(0.5, options));
});

const array = writeNpy({ data: Float32Array.of(1, 2), shape: [2], dtype: "float32" });
const bytes = (...values: number[]) => Uint8Array.from(values);

describeMistakes("files", [
  [
    "csv, empty",
    () => data.csv(""),
    "[csv] text: there are no samples; to read a file pass { path } or { url }",
  ],
  ["csv, ragged", () => data.csv("a,b\n1,2\n3\n"), "[csv] text, line 3: expected 2 fields, got 1"],
  ["csv, no number", () => data.csv("a,b\n1,x\n"), '[csv] text, line 2, column "b": "x" is no number'],
  [
    "csv, a hole",
    () => data.csv("a,b\n1,\n"),
    '[csv] text, line 2, column "b": the value is missing; see option "missing"',
  ],
  ["csv, an open quote", () => data.csv('a,b\n"1,2\n'), "[csv] text, line 2: a quote is not closed"],
  [
    "csv, no such label",
    () => data.csv(text, { label: "c" }),
    '[csv] no column is named "c": the header has a, b',
  ],
  ["csv, no file", () => data.csv(5 as never), "[csv] a file is given as bytes, { path } or { url }: got 5"],
  ["csv, not text", () => data.csv(bytes(0xff, 0xfe)), "[csv] file: not text in UTF-8"],
  ["idx, empty", () => data.idx(bytes()), "[idx] file: the header takes at least 4 bytes: got 0"],
  [
    "idx, wrong magic",
    () => data.idx(bytes(1, 2, 3, 4), "x"),
    "[idx] x: no IDX file: magic number is 0x01020304, expected 0x0000TTRR (type 08, 09, 0b–0e, rank)",
  ],
  [
    "idx, cut short",
    () => data.idx(bytes(0, 0, 8, 1, 0, 0, 0, 3, 1)),
    "[idx] file: truncated: [3] takes 11 bytes, got 9",
  ],
  [
    "idx, too long",
    () => data.idx(bytes(0, 0, 8, 1, 0, 0, 0, 1, 1, 1)),
    "[idx] file: too long: [1] takes 9 bytes, got 10",
  ],
  ["idx, no bytes", () => data.idx("x.idx" as never), '[idx] file: expects a Uint8Array: got "x.idx"'],
  [
    "cifar10, cut short",
    () => data.cifar10({ source: { train: [bytes(1, 2)], test: [] } }),
    "[cifar10] file: a file is whole records of 3073 bytes: got 2 bytes",
  ],
  [
    "cifar10, a label",
    () => data.cifar10({ source: { train: [new Uint8Array(3073).fill(10)], test: [] } }),
    "[cifar10] file: labels are 0 to 9: got 10 in record 0",
  ],
  [
    "npy, wrong magic",
    () => readNpy(bytes(1, 2)),
    "[npy] file: no .npy file: it does not start with \\x93NUMPY",
  ],
  [
    "npy, cut short",
    () => readNpy(array.slice(0, -1), "x.npy"),
    "[npy] x.npy: truncated: float32 [2] takes 8 bytes, got 7",
  ],
  [
    "npy, no header",
    () => readNpy(array.slice(0, 8)),
    "[npy] file: truncated: the header takes 10 bytes, got 8",
  ],
  [
    "npz, no archive",
    () => readNpz(bytes(1, 2, 3)),
    "[npz] no zip archive, or a corrupt one: invalid zip data",
  ],
  ["safetensors, empty", () => readSafetensors(bytes()), "[safetensors] a file has at least 8 bytes: got 0"],
  ["a dataset of no columns", () => data.dataset([]), "[dataset] at least one column is needed: got none"],
  ["a dataset of no list", () => data.dataset(5 as never), "[dataset] expects a list of columns: got 5"],
  [
    "columns of other lengths",
    () => data.dataset([[1], [1, 2]]),
    "[dataset] columns must have one length: got [1, 2]",
  ],
  [
    "a ragged column",
    () => data.dataset([[[1], [1, 2]]]),
    "[dataset] nested arrays must be even: got 2 entries at depth 1, expected 1 entries",
  ],
  [
    "a misspelt option of a column",
    () => data.dataset([{ data: [1], dtyp: "int32" } as never]),
    "[dataset] takes the options data, shape, dtype, scale: got dtyp",
  ],
  [
    "split",
    () => data.dataset([[1, 2]]).split(80),
    "[dataset] split takes a fraction between 0 and 1: got 80",
  ],
  ["take", () => data.dataset([[1, 2]]).take(-1), "[dataset] take must be an integer of at least 0: got -1"],
]);

describeMistakes("stages", [
  [
    "from plain data",
    () => data.stagesFromConfig([{ type: "blur" }]),
    '[augment] a stage is one of flip, rotate, shift, zoom, shear, crop, pad, brightness, contrast, cutout: got "blur"',
  ],
  [
    "of no picture",
    () =>
      data.applyStages([{ data: Float32Array.of(1), shape: [1], dtype: "float32" }], [data.flip()], {
        seed: 0,
        epoch: 0,
        sample: 0,
      }),
    "[augment] pictures are float32 [height, width] or [height, width, channels]: got float32 [1]",
  ],
]);
