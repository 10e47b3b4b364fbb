/** Device memory as the backend hands it out: an address in the heap. */
import { fail } from "../../base/errors.ts";
import type { BufferView, DeviceBuffer } from "../types.ts";

export class WasmBuffer implements DeviceBuffer {
  /** −1 once it is freed. */
  address: number;

  constructor(
    readonly bytes: number,
    address: number,
  ) {
    this.address = address;
  }
}

/** The address in linear memory at which a view begins. */
export function addressOf({ buffer, offset }: BufferView): number {
  const address = (buffer as WasmBuffer).address;
  return address >= 0 ? address + offset : fail("wasm", "memory was used that is freed or another device's");
}
