/** Code blocks of Markdown pages as programs: what they print is what their comments promise. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

export const root = join(import.meta.dirname, "../..");
/** Inside the package, so that `import "heddle"` finds the built one. */
const folder = join(root, "build/docs");

export interface Block {
  readonly language: string;
  readonly text: string;
}

export async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(join(root, page), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({
    language,
    text: body,
  }));
}

/** The JavaScript of a page as one program, from the first block to the last. */
export const programOf = (blocks: readonly Block[]): string =>
  blocks
    .filter(({ language }) => language === "js")
    .map(({ text }) => text)
    .join("\n");

/** The outputs that comments behind `console.log` promise, in order. */
export const promisesOf = (program: string): string[] =>
  [...program.matchAll(/^ *console\.log\(.*\);(?: \/\/ (.*))?$/gm)].flatMap(([, promise]) => promise ?? []);

export async function runProgram(name: string, program: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${basename(name, ".md")}.mjs`);
  await writeFile(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  return stdout;
}

const NUMBER = /-?\d+(?:\.\d+)?/g;

/** Whether the same words and numbers stand in both; a decimal may differ by one in its last written digit. */
export function agrees(printed: string, promised: string): boolean {
  const words = (text: string) => text.replace(NUMBER, "#").replace(/\s+/g, " ").trim();
  if (words(printed) !== words(promised)) return false;
  const got = printed.match(NUMBER) ?? [];
  return (promised.match(NUMBER) ?? []).every((number, i) => {
    const decimals = number.split(".")[1]?.length ?? 0;
    const slack = decimals === 0 ? 0 : 1.5 * 10 ** -decimals;
    return Math.abs(Number(number) - Number(got[i])) <= slack;
  });
}
