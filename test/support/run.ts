/** Rows as tests of this process, one for each device: `npx vitest run test/ops -t "conv2d/same-stride2/webgpu"`. */
import { beforeAll, describe, expect, it } from "vitest";
import * as h from "../../src/index.ts";
import type { Case } from "./case.ts";
import { checkedOn, record } from "./checks.ts";
import { DEVICES } from "./devices.ts";
import { type Fixture, firstSmooth, verdict } from "./suite.ts";

export function runCases(cases: readonly Case[], fixtures: Readonly<Record<string, Fixture>> = {}): void {
  const smooth = firstSmooth(cases);
  for (const { name: device, start, missing } of DEVICES) {
    describe.skipIf(missing)(device, () => {
      if (start) beforeAll(() => start(h));

      for (const c of cases) {
        it(`${c.name}/${device}`, async ({ task }) => {
          const { problems, checked } = await verdict(h, c, device, {
            fixture: fixtures[c.name],
            second: device !== "webgpu" || smooth.has(c),
          });
          if (problems.length > 0) expect.fail(problems.join("\n"));
          if (checked) record(task, [{ ...checked, on: checkedOn(device) }]);
        });
      }
    });
  }
}
