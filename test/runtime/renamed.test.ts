/** Public names that have changed: using an old one is an error that tells the new one (CHANGELOG.md lists them). */
import { afterAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";

afterAll(() => h.shutdown());

test("lanes of a device are its threads", async () => {
  const started = await h.setDevice("wasm", { threads: 1 });
  for (const info of [started, h.deviceInfo()!]) {
    expect(info.threads).toBe(1);
    expect(() => Reflect.get(info, "lanes")).toThrow("[deviceInfo] lanes is called threads now");
    // Old names stay out of copies.
    expect({ ...info }).not.toHaveProperty("lanes");
  }
});
