import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { csvRecords } from "../../src/data/csv/records.ts";
import { type CsvOptions, csv } from "../../src/data/csv.ts";

const FLOWERS = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n4.9,3,setosa\n";

const fieldsOf = (text: string, delimiter = ",") =>
  [...csvRecords(text, delimiter, "text", 0)].map(({ fields }) => fields);

describe("records", () => {
  it("follow RFC 4180", () => {
    expect(fieldsOf('a,b\r\n"x, y","say ""hi"""\r\n"two\r\nlines",""\r\n')).toEqual([
      ["a", "b"],
      ["x, y", 'say "hi"'],
      ["two\r\nlines", ""],
    ]);
  });

  it("take LF, a last line without end, empty lines and fields, a byte order mark", () => {
    expect(fieldsOf("\uFEFFa,b\n\n1,\n\r\n,2")).toEqual([
      ["a", "b"],
      ["1", ""],
      ["", "2"],
    ]);
    expect(fieldsOf("a\tb;c\n", "\t")).toEqual([["a", "b;c"]]);
    expect(fieldsOf('"a"')).toEqual([["a"]]);
    expect(fieldsOf("")).toEqual([]);
  });

  it("know their lines", () => {
    const text = 'skipped "\na\n"b\nc"\n\nd';
    expect([...csvRecords(text, ",", "text", 1)].map(({ line }) => line)).toEqual([2, 3, 6]);
  });
});

describe("csv", () => {
  it("reads features and classes", async () => {
    const { data, features, classes } = await csv(FLOWERS, { label: "species" });
    expect([features, classes]).toEqual([
      ["length", "width"],
      ["setosa", "versicolor"],
    ]);
    const [[x, y]] = data.hostBatches();
    expect(x).toEqual({
      data: new Float32Array([5.1, 3.5, 7, 3.2, 4.9, 3]),
      shape: [3, 2],
      dtype: "float32",
    });
    expect(y).toEqual({ data: new Int32Array([0, 1, 0]), shape: [3], dtype: "int32" });
  });

  it("reads numbers to predict, chosen columns, columns by index", async () => {
    const { data, features, classes } = await csv("1;2;3;4\n5;6;7;8\n", {
      header: false,
      delimiter: ";",
      label: -1,
      labels: "number",
      columns: [2, 0],
    });
    const [[x, y]] = data.hostBatches();
    expect([features, classes, [...x.data], [...y.data], y.shape]).toEqual([
      ["2", "0"],
      [],
      [3, 1, 7, 5],
      [4, 8],
      [2, 1],
    ]);
  });

  it("reads tables without a label", async () => {
    const { data } = await csv("a,b\n1,2\n");
    expect([...data]).toEqual([[{ data: new Float32Array([1, 2]), shape: [2], dtype: "float32" }]]);
  });

  it("numbers classes by value, or as told", async () => {
    const labels = async (text: string, classes?: string[]) => {
      const found = await csv(text, { header: false, label: 1, classes });
      return [found.classes, [...[...found.data.hostBatches()][0][1].data]];
    };
    expect(await labels("0,10\n0,2\n0,10\n")).toEqual([
      ["2", "10"],
      [1, 0, 1],
    ]);
    expect(await labels("0,b\n0, a\n")).toEqual([
      ["a", "b"],
      [1, 0],
    ]);
    expect(await labels("0,b\n", ["c", "b"])).toEqual([["c", "b"], [1]]);
  });

  it("drops or fills missing values", async () => {
    const text = "a,b,y\n1,2,0\nNA,4,1\n3,?,1\n";
    const x = async (options: CsvOptions) => {
      const { data } = await csv(text, { ...options, label: "y" });
      return [...[...data.hostBatches()][0][0].data];
    };
    expect(await x({ missing: "drop" })).toEqual([1, 2]);
    expect(await x({ missing: "mean" })).toEqual([1, 2, 2, 4, 3, 3]);
    expect(await x({ missing: -1 })).toEqual([1, 2, -1, 4, 3, -1]);
    expect(await x({ columns: ["y"] })).toEqual([0, 1, 1]);
  });

  it("reads bytes and files, gzipped or not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "heddle-csv-"));
    const path = join(folder, "flowers.csv");
    await writeFile(path, gzipSync(FLOWERS));
    for (const source of [{ path }, new TextEncoder().encode(FLOWERS)]) {
      expect((await csv(source, { label: 2 })).data.length).toBe(3);
    }
    await writeFile(path, FLOWERS.replace("3.2", "wide"));
    await expect(csv({ path }, { label: 2 })).rejects.toThrow(
      `[csv] ${path}, line 3, column "width": "wide" is no number`,
    );
    await rm(folder, { recursive: true });
  });
});

describe("bad input", () => {
  const cases: [string, Parameters<typeof csv>[0], CsvOptions, string][] = [
    ["an open quote", 'a\n"b\n', {}, "text, line 2: a quote is not closed"],
    ["text after a quote", 'a\n"b"c\n', {}, 'text, line 2: a closing quote ends its field: got "c" after it'],
    ["a quote inside", 'a\nb"c\n', {}, "text, line 2: a field with quotes in it must be quoted as a whole"],
    ["a short record", "a,b\n1,2\n3\n", {}, "text, line 3: expected 2 fields, got 1"],
    ["a word", "a\nx\n", {}, 'text, line 2, column "a": "x" is no number'],
    ["a word without header", "x\n", { header: false }, 'text, line 1, column 0: "x" is no number'],
    ["a large number", "a\n1e39\n", {}, 'text, line 2, column "a": float32 does not hold 1e39'],
    [
      "a missing value",
      "a,b\n1,\n",
      {},
      'text, line 2, column "b": the value is missing; see option "missing"',
    ],
    [
      "a missing label",
      "a,b\n1,\n",
      { label: "b", missing: 0 },
      'text, line 2, column "b": the label is missing',
    ],
    ["no mean", "a\nNA\n", { missing: "mean" }, 'text, column "a": no values to take the mean of'],
    ["no column", "a,b\n1,2\n", { label: "c" }, 'no column is named "c": the header has a, b'],
    ["two columns", "a,a\n1,2\n", { label: "a" }, 'several columns are named "a": the header has a, a'],
    [
      "a name without header",
      "1,2\n",
      { header: false, label: "c" },
      'columns have names only with a header: got "c"',
    ],
    ["an index", "a,b\n1,2\n", { columns: [2] }, "a column's index must be an integer in [-2, 1]: got 2"],
    ["a label alone", "a\n1\n", { label: "a" }, "there are no columns of x beside the label"],
    [
      "numbers as classes",
      "a,b\n1,1\n1,0.5\n",
      { label: 1 },
      'text, line 3, column "b": 0.5 is no class; to predict numbers pass labels: "number"',
    ],
    [
      "classes as numbers",
      "a,b\n1,x\n",
      { label: 1, labels: "number" },
      'text, line 2, column "b": "x" is no number',
    ],
    [
      "another class",
      "a,b\n1,x\n",
      { label: 1, classes: ["y", "z"] },
      'text, line 2, column "b": "x" is none of the classes y, z',
    ],
    ["a path as text", "iris.csv", {}, "text: there are no samples; to read a file pass { path } or { url }"],
    ["nothing", "", {}, "text: there are no samples; to read a file pass { path } or { url }"],
    ["no samples", "a\nNA\n", { missing: "drop" }, "text: there are no samples"],
    ["a delimiter", "a\n", { delimiter: ", " }, 'delimiter must be one character: got ", "'],
    ["a number of lines", "a\n", { skipLines: -1 }, "skipLines must be an integer of at least 0: got -1"],
    [
      "a kind of labels",
      "a\n",
      { labels: "text" as never },
      'labels must be "class" or "number": got "text"',
    ],
    [
      "a rule for holes",
      "a\n",
      { missing: "median" as never },
      'missing must be "error", "drop", "mean" or a number: got "median"',
    ],
    ["another encoding", new Uint8Array([0x61, 0xff]), {}, "file: not text in UTF-8"],
    [
      "no source",
      { file: "x" } as never,
      {},
      'a file is given as bytes, { path } or { url }: got {"file":"x"}',
    ],
  ];
  for (const [what, source, options, message] of cases) {
    it(what, () =>
      expect(csv(source, options as CsvOptions & { label: string })).rejects.toThrow(`[csv] ${message}`),
    );
  }
});

const REAL = [process.env.HEDDLE_DATA, "../shared/data"].find(
  (root) => root && existsSync(join(root, "tabular")),
);

describe("real tables (set HEDDLE_DATA to the folder that holds them)", () => {
  it.skipIf(REAL === undefined)("iris and the handwritten digits", async () => {
    const options = { header: false, label: -1 } as const;
    const iris = await csv({ path: join(REAL ?? "", "tabular/iris.csv") }, { ...options, skipLines: 1 });
    expect([iris.data.length, iris.data.numClasses(), iris.features.length]).toEqual([150, 3, 4]);
    const digits = await csv({ path: join(REAL ?? "", "digits/digits.csv.gz") }, options);
    expect([digits.data.length, digits.data.numClasses(), digits.features.length]).toEqual([1797, 10, 64]);
  });
});
