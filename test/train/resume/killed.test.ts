/** Processes that are killed while they train and save: the checkpoint is whole, and the training goes on from it. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../../src/base/philox.ts";
import * as h from "../../../src/index.ts";
import { readSafetensors } from "../../../src/io/index.ts";
import { csvLogger } from "../../../src/train/callbacks.ts";
import { bundled, start } from "./process.ts";
import { contentOf, makeModel, run } from "./program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-killed-"));
  await h.setDevice("wasm", { threads: 1 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scratch = (name: string): Promise<string> => mkdtemp(join(folder, name));
const random = new Random(2026, 0, 0);

describe("killed while it saves", () => {
  test("a process leaves a whole checkpoint, its last or the one before", { timeout: 120_000 }, async () => {
    const program = await bundled("saver.ts", await scratch("bundle-"));
    const home = await scratch("home-");
    const path = join(home, "model.safetensors");
    let saved = 0;
    for (let kill = 0; kill < 20; kill++) {
      const child = start(program, [path, String(saved + 1)]);
      await child.next();
      await pause(random.below(40));
      child.process.kill("SIGKILL");
      expect(await child.ended).toBe("SIGKILL");

      const { tensors, metadata } = readSafetensors(new Uint8Array(await readFile(path)));
      const kernel = tensors.get("layers.0.kernel")?.data ?? [];
      const n = kernel[0];
      expect(kernel.length).toBe(400 * 300);
      for (const { data } of tensors.values()) expect(data.every((v) => v === n)).toBe(true);
      expect(JSON.parse(metadata.model).net.type).toBe("sequential");
      // Killed between the rename and its report: one more than reported.
      const reported = Number(child.lines.at(-1));
      expect(n - reported).toBeGreaterThanOrEqual(0);
      expect(n - reported).toBeLessThanOrEqual(1);
      saved = n;
      // The child's first save removed what the one before left.
      expect((await readdir(home)).length).toBeLessThanOrEqual(2);
    }
    await (await h.loadModel(path)).save(path);
    expect(await readdir(home)).toEqual(["model.safetensors"]);
  });
});

describe("killed while it trains", () => {
  test("a training that is resumed after every kill ends as one that never was", {
    timeout: 180_000,
  }, async () => {
    const whole = makeModel("adam");
    const lines: string[] = [];
    const history = await run(whole, [csvLogger((text) => void lines.push(text))]);
    const expected = { history, content: await contentOf(whole) };

    const program = await bundled("trainer.ts", await scratch("bundle-"));
    const home = await scratch("home-");
    const ends: (string | number | null)[] = [];
    const steps: string[] = [];
    do {
      const child = start(program, [home]);
      // Far enough to have saved something, so that it comes to an end; the last ones finish.
      for (let i = 0; i < 1 + random.below(4); i++) await child.next();
      await pause(random.below(8));
      child.process.kill("SIGKILL");
      ends.push(await child.ended);
      steps.push(...child.lines);
    } while (ends.at(-1) === "SIGKILL");
    expect(ends.at(-1)).toBe(0);
    expect(ends.length).toBeGreaterThan(3);
    const result = JSON.parse(await readFile(join(home, "result.json"), "utf8"));
    expect(result).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(await readFile(join(home, "log.csv"), "utf8")).toBe(lines.join(""));
    expect((await readdir(home)).sort()).toEqual(["log.csv", "model.safetensors", "result.json"]);
  });
});
