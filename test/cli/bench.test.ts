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
});
