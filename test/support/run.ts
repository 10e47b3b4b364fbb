/** Rows as tests of this process, one for each device: `npx vitest run test/ops -t "conv2d/same-stride2/webgpu"`. */
import { beforeAll, describe, expect, it } from "vitest";
import * as h from "../../src/index.ts";
import type { Case } from "./case.ts";
import { checkedOn, record } from "./checks.ts";
import { DEVICES } from "./devices.ts";
import { type Fixture, firstSmooth, fixtureOf, verdict } from "./suite.ts";

export function runCases(cases: readonly Case[], fixtures: Readonly<Record<string, Fixture>> = {}): void {
  const smooth = firstSmooth(cases);
  // PyTorch is a second oracle: a row is complete without it, and the report says which rows wait for it.
  for (const c of cases) {
    if (c.torch !== undefined && !fixtureOf(c, fixtures))
      it.skip(`${c.name} against PyTorch: python3 tools/fixtures/make_ops.py makes its values`, () => {});
  }
  for (const { name: device, start, missing } of DEVICES) {
    describe.skipIf(missing)(device, () => {
      if (start) beforeAll(() => start(h));

      for (const c of cases) {
        it(`${c.name}/${device}`, async ({ task }) => {
          const { problems, checked } = await verdict(h, c, device, {
            fixture: fixtureOf(c, fixtures),
            second: device !== "webgpu" || smooth.has(c),
          });
          if (problems.length > 0) expect.fail(problems.join("\n"));
          if (checked) record(task, [{ ...checked, on: checkedOn(device) }]);
        });
      }
    });
  }
}
