// A figure's process of its own, which sends one message.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The message that a program, a file beside this one, sends. */
export async function reportOf(file, args = [], execArgv = []) {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(program, args.map(String), { execArgv, stdio: ["ignore", 2, 2, "ipc"] });
  const [report] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${file} ended with code ${code}`))),
  ]);
  child.disconnect();
  return report;
}
