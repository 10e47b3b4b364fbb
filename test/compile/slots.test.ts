import { describe, expect, test } from "vitest";
import { Random } from "../../src/base/philox.ts";
import { assignSlots } from "../../src/compile/slots.ts";
import { type Task, TaskGraph } from "../../src/compile/taskGraph.ts";

describe("memory planning", () => {
  test("values that are alive together never share a slot, and slots are large enough", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const values = Array.from({ length: 40 }, () => {
        const from = random.below(30);
        return { size: 4 * (1 + random.below(1000)), from, to: from + random.below(10) };
      });
      const { sizes, slotOf } = assignSlots(values);
      values.forEach((a, i) => {
        expect(sizes[slotOf[i]]).toBeGreaterThanOrEqual(a.size);
        values.forEach((b, j) => {
          const together = a.from <= b.to && b.from <= a.to;
          if (i !== j && together) expect(slotOf[i]).not.toBe(slotOf[j]);
        });
      });
    }
  });

  test("a chain needs two slots", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ size: 100, from: i, to: i + 1 }));
    expect(assignSlots(chain).sizes).toEqual([100, 100]);
  });
});

describe("schedule", () => {
  const task = (rank: number): Task => ({ rank });

  test("follows program order except where a dependency forbids it", () => {
    const schedule = new TaskGraph();
    const [a, b, c] = [task(1), task(2), task(3)];
    for (const t of [c, a, b]) schedule.add(t);
    expect(schedule.sorted()).toEqual([a, b, c]);
    schedule.order(c, a);
    expect(schedule.sorted()).toEqual([b, c, a]);
    expect([schedule.reaches(c, a), schedule.reaches(a, c)]).toEqual([true, false]);
  });

  test("a cycle is a bug that is reported", () => {
    const schedule = new TaskGraph();
    const [a, b] = [task(1), task(2)];
    schedule.add(a);
    schedule.add(b);
    schedule.order(a, b);
    schedule.order(b, a);
    expect(() => schedule.sorted()).toThrow("a plan has a cycle");
  });
});
