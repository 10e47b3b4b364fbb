#!/usr/bin/env node
/** The `heddle` program: finds the command, reports errors in one line, ends devices. */
import { fail, HeddleError } from "../base/errors.ts";
import { shutdown } from "../runtime/devices.ts";
import { benchCommand } from "./bench.ts";
import { type Command, help, read } from "./command.ts";
import { doctorCommand } from "./doctor.ts";
import { inspectCommand } from "./inspect.ts";
import { predictCommand } from "./predict.ts";
import { trainCommand } from "./train.ts";
import { heddleVersion } from "./version.ts";

const commands: readonly Command[] = [
  trainCommand,
  predictCommand,
  benchCommand,
  doctorCommand,
  inspectCommand,
];

async function main([name = "--help", ...args]: readonly string[]): Promise<void> {
  if (["--version", "-v", "version"].includes(name)) return console.log(heddleVersion());
  if (["--help", "-h", "help"].includes(name)) return console.log(overview());
  const command = commands.find((known) => known.name === name);
  if (!command) {
    const names = commands.map((known) => known.name).join(", ");
    return fail(
      "heddle",
      `unknown ${name.startsWith("-") ? "option" : "command"} ${name}: the commands are ${names}`,
    );
  }
  const given = read(command, args);
  if (!given) return console.log(help(command));
  try {
    await command.run(given);
  } finally {
    await shutdown();
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Heddle trains and runs neural networks, on WebAssembly SIMD or WebGPU.",
    "",
    "Usage: heddle COMMAND [options]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "heddle COMMAND --help shows the options of a command, heddle --version the version.",
  ].join("\n");
}

function report(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = cause instanceof HeddleError ? message : `[internal] ${message}; please report this as a bug`;
  process.stderr.write(`heddle: ${line.replace(/\s*\n\s*/g, " ")}\n`);
  if (process.env.HEDDLE_DEBUG) console.error(cause);
  process.exitCode = 1;
}

// `heddle inspect … | head` closes the pipe early: nobody is left to read.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => process.exit(cause.code === "EPIPE" ? 0 : 1));

await main(process.argv.slice(2)).catch(report);
