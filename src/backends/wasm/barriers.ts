/** Barriers of a command list: threads run the commands between two of them at the same time. */
import { BYTES_PER_ELEMENT } from "../../base/dtype.ts";
import type { ValueSpec } from "../../kernel/types.ts";
import type { Command } from "./command.ts";

export class Barriers {
  /** 1 for each command with a barrier before it. */
  readonly waits: Uint8Array;
  /** Byte ranges touched since the last barrier; reused, so that an update allocates nothing. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #written: boolean[] = [];
  #count = 0;

  constructor(
    private readonly commands: readonly Command[],
    private readonly values: readonly ValueSpec[],
  ) {
    this.waits = new Uint8Array(commands.length);
  }

  /** Compares addresses, not values: values that are never alive together may share a slot. */
  update(addresses: Float64Array): void {
    let workspace = false;
    this.#count = 0;
    for (let i = 0; i < this.commands.length; i++) {
      const command = this.commands[i];
      const clash = (workspace && command.usesWorkspace === true) || this.#clashes(command, addresses);
      this.waits[i] = Number(clash);
      if (clash) {
        this.#count = 0;
        workspace = false;
      }
      for (const value of command.reads) this.#add(value, addresses, false);
      for (const value of command.writes) this.#add(value, addresses, true);
      workspace ||= command.usesWorkspace === true;
    }
  }

  #clashes({ reads, writes }: Command, addresses: Float64Array): boolean {
    for (const value of writes) if (this.#overlaps(value, addresses, false)) return true;
    for (const value of reads) if (this.#overlaps(value, addresses, true)) return true;
    return false;
  }

  #overlaps(value: number, addresses: Float64Array, writtenOnly: boolean): boolean {
    const start = addresses[value];
    const end = start + this.values[value].size * BYTES_PER_ELEMENT;
    for (let i = 0; i < this.#count; i++) {
      if (start < this.#ends[i] && this.#starts[i] < end && (this.#written[i] || !writtenOnly)) return true;
    }
    return false;
  }

  #add(value: number, addresses: Float64Array, written: boolean): void {
    const start = addresses[value];
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = start + this.values[value].size * BYTES_PER_ELEMENT;
    this.#written[this.#count++] = written;
  }
}
