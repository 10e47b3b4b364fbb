import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import "./tools/environment.mjs"; // the forks inherit the adapter and the browser it finds

export default defineConfig({
  resolve: { alias: { "#platform": fileURLToPath(new URL("src/platform/node.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    env: { HEDDLE_DEBUG: "1" }, // every segment is verified
    setupFiles: ["test/setup.ts"],
    reporters: ["default", "./tools/checks.mjs"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
  },
});
