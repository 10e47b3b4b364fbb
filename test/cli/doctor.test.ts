import { describe, expect, it } from "vitest";
import { heddle, lastJson } from "./heddle.ts";

describe("heddle doctor", () => {
  it("says what is there, what `auto` chooses and why", async () => {
    const { code, stdout, stderr } = await heddle(["doctor"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^wasm {4}wasm SIMD( \(relaxed\))?, \d+ threads?$/m);
    expect(stdout).toMatch(/^auto {4}(wasm|webgpu), because .+$/m);
  });

  it("never lets `auto` take a software adapter", async () => {
    const report = lastJson(await heddle(["doctor", "--json"]));
    const { info } = report.webgpu as { info?: { isSoftware: boolean } };
    const { device, reason } = report.auto as { device: string; reason: string };
    expect(device).toBe(info && !info.isSoftware ? "webgpu" : "wasm");
    expect(reason).toMatch(info ? /software|hardware/ : /no GPU/);
  });

  it("says what is missing for a GPU", async () => {
    const { stdout } = await heddle(["doctor"], { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "" });
    if (process.env.HEDDLE_ADAPTER === "software") expect(stdout).toMatch(/^ {8}to have it: /m);
    expect(stdout).toMatch(/^webgpu /m);
  });
});
