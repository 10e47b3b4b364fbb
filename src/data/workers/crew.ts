/**
 * Workers that make the batches of one iteration. This thread picks the rows, which is a copy; scaling, augmenting and
 * stacking happen over there. Batches are handed out in turn and every worker answers in order.
 */
import { hostArray } from "../../base/dtype.ts";
import { fail, HeddleError } from "../../base/errors.ts";
import type { HostTensor } from "../../base/host.ts";
import type { Column } from "../column.ts";
import type { Picked, Portable } from "../pass.ts";
import { cooperate, type Sliced } from "../slices.ts";
import type { Answer, Job, PickedRows } from "./messages.ts";
import { startThread, type Thread } from "./thread.ts";

/** Bytes copied between two chances to pause. */
const SLICE = 1 << 17;

export class Crew {
  readonly #workers: readonly CrewMember[];
  #next = 0;

  /** @throws HeddleError when the dataset holds what cannot travel, or no thread can be started */
  constructor(
    private readonly source: Portable,
    size: number,
  ) {
    const pipeline = source.augmentations?.map((stages) => stages.map(({ config }) => config));
    if (!pipeline) {
      fail(
        "dataset",
        "workers take columns and augmentations: the closures of map and cache (a Standardizer is one) cannot travel, " +
          "so leave `workers` out",
      );
    }
    this.#workers = Array.from({ length: size }, () => new CrewMember());
    for (const worker of this.#workers) worker.post(pipeline);
  }

  /** The batch of these rows. */
  async stack({ rows, pass }: Picked): Promise<readonly HostTensor[]> {
    const worker = this.#workers[this.#next++ % this.#workers.length];
    const { value: columns } = await cooperate(pick(this.source.columns, rows));
    return worker.ask({ columns, rows: rows.slice(), pass });
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

/** Rows of columns, as they are stored. */
function* pick(columns: readonly Column[], rows: Uint32Array): Sliced<never, PickedRows[]> {
  const picked: PickedRows[] = [];
  for (const { values, size, shape, dtype, scale } of columns) {
    const length = rows.length * size;
    const data = values instanceof Uint8Array ? new Uint8Array(length) : hostArray(dtype, length);
    let copied = 0;
    for (let i = 0; i < rows.length; i++) {
      data.set(values.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
      copied += size * values.BYTES_PER_ELEMENT;
      if (copied < SLICE) continue;
      copied = 0;
      yield;
    }
    picked.push({ data, shape, dtype, scale });
  }
  return picked;
}

interface Waiting {
  resolve(batch: readonly HostTensor[]): void;
  reject(error: HeddleError): void;
}

class CrewMember {
  readonly #thread: Thread;
  /** In the order of their jobs. */
  readonly #waiting: Waiting[] = [];
  #death: HeddleError | undefined;

  constructor() {
    this.#thread = startThread<Answer>({
      answered: (answer) => this.#settle(answer),
      died: (reason) => this.#die(reason),
    });
    this.#thread.keep(false);
  }

  post(message: unknown, moved: ArrayBuffer[] = []): void {
    this.#thread.post(message, moved);
  }

  ask(job: Job): Promise<readonly HostTensor[]> {
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death);
      this.#waiting.push({ resolve, reject });
      this.#thread.keep(true);
      this.post(
        job,
        job.columns.map(({ data }) => data.buffer as ArrayBuffer),
      );
    });
  }

  async end(): Promise<void> {
    // Nobody waits for what is left.
    this.#waiting.length = 0;
    await this.#thread.end();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#thread.keep(false);
    if ("batch" in answer) waiting?.resolve(answer.batch);
    else waiting?.reject(new HeddleError(answer.where, answer.rule));
  }

  /** An error may be followed by an exit: the first reason counts. */
  #die(reason: string): void {
    this.#death ??= new HeddleError("dataset", `a worker died (${reason}): its batches are lost`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}
