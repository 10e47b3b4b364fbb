/**
 * `--turbo`: V8's revectorizer, which joins pairs of the kernels' 128-bit SIMD instructions into 256-bit ones on x64
 * processors with AVX2. V8 calls it experimental, so it is never on by itself. It leaves relaxed multiply-adds as they
 * are: plain SIMD in pairs is the faster. The flag counts for what is compiled after it is set, in all threads.
 *
 * Limits: V8 12 (Node 22) knows the flag and joins so little that plain SIMD stays slower than relaxed.
 */
import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { configure } from "../runtime/devices.ts";
import type { Given, Option } from "./command.ts";

const FLAG = "--experimental-wasm-revectorize";
/** That of Node 24. */
const FIRST_V8 = 13;

export const turboOption: Option = {
  help: "lets V8 join SIMD instructions of the wasm device to 256 bits: faster, experimental, needs Node 24 on x64",
};

/** V8 prints a complaint of a flag that it does not know and goes on; Node refuses to start with one. */
const gains = (): boolean =>
  Number.parseInt(process.versions.v8, 10) >= FIRST_V8 &&
  spawnSync(process.execPath, [FLAG, "--version"], { stdio: "ignore" }).status === 0;

/**
 * Turns it on where it was asked for and this Node has it, and says so: on the error output where the standard output
 * is for JSON. Must come before the first device starts.
 *
 * @returns whether it is on
 */
export function startTurbo(given: Pick<Given, "has">): boolean {
  if (!given.has("turbo")) return false;
  const isOn = gains();
  if (isOn) {
    setFlagsFromString(FLAG);
    configure({ relaxed: false });
  }
  const line = isOn
    ? "turbo: V8's revectorizer is on (experimental); it takes effect on processors with AVX2"
    : `turbo: needs Node 24 on x64; Node ${process.versions.node} on ${process.arch} goes on without`;
  (given.has("json") ? console.error : console.log)(line);
  return isOn;
}
