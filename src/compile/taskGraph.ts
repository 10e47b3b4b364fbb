/** Orders tasks so that values exist before they are read and are not overwritten before their last reader. */
import { invariant } from "../base/errors.ts";

/** Something to run; tasks are compared by identity. */
export interface Task {
  /** Program order, which breaks ties and keeps lifetimes short. */
  readonly rank: number;
}

/** A dependency graph of tasks that grows and can be asked for an order. */
export class TaskGraph<T extends Task> {
  private readonly after = new Map<T, Set<T>>();

  add(task: T): void {
    if (!this.after.has(task)) this.after.set(task, new Set());
  }

  /** `later` runs after `earlier`. */
  order(earlier: T, later: T): void {
    if (earlier !== later) this.after.get(earlier)!.add(later);
  }

  /** Whether `to` must run after `from`. */
  reaches(from: T, to: T): boolean {
    const seen = new Set<T>();
    const pending = [from];
    while (pending.length > 0) {
      const task = pending.pop()!;
      if (task === to) return true;
      if (seen.has(task)) continue;
      seen.add(task);
      pending.push(...this.after.get(task)!);
    }
    return false;
  }

  /** Every task once, by rank as far as the dependencies allow. */
  sorted(): T[] {
    const waiting = new Map<T, number>([...this.after.keys()].map((t) => [t, 0]));
    for (const followers of this.after.values()) {
      for (const t of followers) waiting.set(t, waiting.get(t)! + 1);
    }
    const ready = [...waiting].filter(([, n]) => n === 0).map(([t]) => t);
    ready.sort(byRank);
    const result: T[] = [];
    while (ready.length > 0) {
      const task = ready.shift()!;
      result.push(task);
      for (const t of this.after.get(task)!) {
        const left = waiting.get(t)! - 1;
        waiting.set(t, left);
        if (left === 0) insert(ready, t);
      }
    }
    invariant(result.length === this.after.size, "a plan has a cycle");
    return result;
  }
}

const byRank = (a: Task, b: Task): number => a.rank - b.rank;

function insert<T extends Task>(sorted: T[], task: T): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].rank <= task.rank) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, task);
}
