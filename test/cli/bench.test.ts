import { describe, expect, it } from "vitest";
import { heddle, lastJson } from "./heddle.ts";

describe("heddle bench", () => {
  it("measures one workload on every device", async () => {
    const report = lastJson(await heddle(["bench", "--workload", "matmul-256", "--json"]));
    expect(Object.keys(report)).toEqual(["machine", "versions", "rows"]);
    const rows = report.rows as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["workload", "device", "threads", "variant", "ms", "gflops"]);
      expect(row.workload).toBe("matmul-256");
      expect(row.ms).toBeGreaterThan(0);
      expect(row.gflops).toBeCloseTo(0.033554432 / ((row.ms as number) / 1000), 3);
    }
    expect(rows.some(({ device, threads }) => device === "wasm" && threads === 1)).toBe(true);
  });

  it("measures both binaries of the CPU in its suite", async () => {
    const report = lastJson(
      await heddle(["bench", "--suite", "cpu", "--workload", "conv-dw-112x112x32", "--json"]),
    );
    const rows = report.rows as Record<string, unknown>[];
    const variants = new Set(rows.map(({ device, threads, variant }) => `${device} ${threads} ${variant}`));
    expect(variants.size).toBe(rows.length);
    expect([...variants].filter((variant) => variant.startsWith("wasm 1 ")).sort()).toEqual([
      "wasm 1 plain",
      "wasm 1 relaxed",
    ]);
    expect(rows.every(({ device, ms }) => device === "wasm" && (ms as number) > 0)).toBe(true);
  });

  it("answers a vector in one call", async () => {
    const report = lastJson(await heddle(["bench", "--suite", "cpu", "--workload", "tiny-mlp", "--json"]));
    for (const { ms } of report.rows as { ms: number }[]) expect(ms).toBeGreaterThan(0);
  });

  it("knows one suite", async () => {
    expect((await heddle(["bench", "--suite", "gpu"])).stderr).toContain("--suite must be cpu: got gpu");
  });
});
