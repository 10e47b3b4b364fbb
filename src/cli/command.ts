/** What a command of the `heddle` program is: its options as a table, from which arguments are read and help is written. */
import { parseArgs } from "node:util";
import { fail } from "../base/errors.ts";
import { wrapped } from "./text.ts";

export interface Option {
  /** What stands for the value in the help, `FILE`; absent: a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Arguments that are no options; default 0. */
  readonly positionals?: number;
  /** Ends the help. */
  readonly examples: readonly string[];
  run(given: Given): Promise<void>;
}

const HELP: Option = { help: "show this text" };

/** The arguments of one call, checked against the command's table. */
export class Given {
  constructor(
    readonly command: string,
    private readonly values: ReadonlyMap<string, string | true>,
    readonly positionals: readonly string[],
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** The value of an option that must be there. */
  required(name: string): string {
    return this.text(name) ?? fail(this.command, `--${name} is missing (heddle ${this.command} --help)`);
  }

  /** One of `choices`. */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T;
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
  choice<T extends string>(name: string, choices: readonly T[], fallback?: T): T | undefined {
    const value = this.text(name);
    if (value === undefined) return fallback;
    return (
      choices.find((choice) => choice === value) ??
      fail(this.command, `--${name} must be one of ${choices.join(", ")}: got ${value}`)
    );
  }

  /** An integer from `low` up. */
  integer(name: string, low: number, fallback: number): number;
  integer(name: string, low: number): number | undefined;
  integer(name: string, low: number, fallback?: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= low) return value;
    return fail(this.command, `--${name} must be an integer of at least ${low}: got ${text}`);
  }

  /** A number above 0. */
  positive(name: string): number | undefined {
    return this.#number(name, "a number above 0", (value) => value > 0);
  }

  /** A number from 0 up. */
  notNegative(name: string): number | undefined {
    return this.#number(name, "a number of at least 0", (value) => value >= 0);
  }

  /** A number between 0 and 1, both excluded. */
  fraction(name: string): number | undefined {
    return this.#number(name, "a number between 0 and 1", (value) => value > 0 && value < 1);
  }

  #number(name: string, rule: string, isRight: (value: number) => boolean): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && isRight(value)) return value;
    return fail(this.command, `--${name} must be ${rule}: got ${text}`);
  }
}

/** Reads the arguments of a command; undefined when help was asked for. */
export function read(
  { name, options, positionals = 0 }: Command,
  args: readonly string[],
): Given | undefined {
  const table: Readonly<Record<string, Option>> = { ...options, help: HELP };
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(table).map(([key, { value }]) => [key, { type: value ? "string" : "boolean" }]),
    ),
  });
  const values = new Map<string, string | true>();
  const free: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") free.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "h") return undefined;
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (!option) {
      const known = Object.keys(table).map((key) => `--${key}`);
      fail(name, `unknown option ${token.rawName}: the options are ${known.join(", ")}`);
    }
    values.set(token.name, argument(name, token, option));
  }
  if (values.has("help")) return undefined;
  if (free.length > positionals)
    fail(name, `unexpected argument ${free[positionals]} (heddle ${name} --help)`);
  return new Given(name, values, free);
}

function argument(
  command: string,
  { rawName, value, inlineValue }: { rawName: string; value?: string; inlineValue?: boolean },
  option: Option,
): string | true {
  if (!option.value)
    return value === undefined ? true : fail(command, `${rawName} takes no value: got ${value}`);
  const isMissing = value === undefined || value === "" || (!inlineValue && value.startsWith("--"));
  return isMissing ? fail(command, `${rawName} needs a value: ${rawName} ${option.value}`) : value;
}

/** Characters in a line of help. */
const LINE = 100;

const hanging = (text: string, indent: number): string =>
  wrapped(text, LINE - indent).join(`\n${" ".repeat(indent)}`);

export function help({ name, summary, usage, options, examples }: Command): string {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([key, { value, help }]) => [`--${key}${value ? ` ${value}` : ""}`, help] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  return [
    `heddle ${name}: ${summary}`,
    "",
    `Usage: heddle ${name} ${usage}`,
    "",
    ...rows.map(([option, text]) => `  ${option.padEnd(width)}  ${hanging(text, width + 4)}`),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}
