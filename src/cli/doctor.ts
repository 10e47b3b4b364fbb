/** `heddle doctor`: what this machine offers, and what `auto` would choose. */
import { type DeviceReport, doctor } from "../runtime/doctor.ts";
import type { Command } from "./command.ts";
import { bytes } from "./text.ts";
import { versions } from "./version.ts";
import { offerSoftwareGpu } from "./vulkan.ts";

export const doctorCommand: Command = {
  name: "doctor",
  summary: "shows the devices of this machine and what `auto` would choose",
  usage: "[--json]",
  options: { json: { help: "print one JSON object" } },
  examples: ["heddle doctor"],
  async run(given) {
    offerSoftwareGpu();
    const report = await doctor();
    if (given.has("json")) {
      console.log(JSON.stringify({ versions: versions(), ...report }));
      return;
    }
    const { host, processors, sharedMemory, wasm, webgpu, auto } = report;
    const shared = sharedMemory ? "" : ", no shared memory";
    console.log(`Heddle ${versions().heddle} on ${host}, ${processors} processors${shared}\n`);
    for (const line of [...describe("wasm", wasm), "", ...describe("webgpu", webgpu)]) console.log(line);
    console.log(`\nauto    ${auto.device}, because ${auto.reason}`);
  },
};

function describe(name: string, { info, adapterLimits, problem, remedy }: DeviceReport): string[] {
  const lines = info
    ? [
        `${info.adapter}${info.isSoftware ? " (software: a GPU emulated on the CPU)" : ""}`,
        `features: ${info.features.join(", ") || "none"}`,
        `limits: ${info.limits.bindings} values per kernel, ${bytes(info.limits.bytes)} per value`,
        ...Object.entries(adapterLimits).map(([limit, value]) => `  ${limit} ${value}`),
      ]
    : [`not available: ${problem}`, ...(remedy ? [`to have it: ${remedy}`] : [])];
  return lines.map((line, i) => `${(i === 0 ? name : "").padEnd(8)}${line}`);
}
