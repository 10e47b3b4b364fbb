/** Where the weights of a file belong in a layer: a table per format, a row per kind of layer. */
import type { HostTensor } from "../../base/host.ts";
import type { Shape } from "../../base/shape.ts";
import { permute } from "../../io/permute.ts";

/** What a conversion may know of the place where its result goes. */
export interface Place {
  /** Of the variable. */
  readonly shape: Shape;
  /** Of one sample before it was flattened into the layer's input, if it was: [..., channels]. */
  readonly flattened: Shape | undefined;
}

/** How one variable is made of tensors of the file, which are named by their last part. */
export interface Origin {
  /** All of them are needed; one where they are alternatives. */
  readonly names: readonly string[];
  readonly isAlternative?: boolean;
  make(tensors: readonly HostTensor[], place: Place): HostTensor;
}

/** The variables of one kind of layer by their field. */
export type Rows = Readonly<Record<string, Origin>>;

/** A format of files. */
export interface Format {
  /** By the type of the layer; others keep the names of their variables. */
  readonly layers: Readonly<Record<string, Rows>>;
  /** A name of the file as the path of a layer and the last part. */
  split(name: string): readonly [path: string, last: string];
  /** Last parts that no network needs. */
  readonly ignored: readonly string[];
  /** Tensors under the names that the rows know, where the file packs several into one. */
  unpack?(tensors: ReadonlyMap<string, HostTensor>): ReadonlyMap<string, HostTensor>;
}

/** As it is. */
export const same = (name: string): Origin => ({ names: [name], make: ([t]) => t });

/** With its axes in another order. */
export const moved = (name: string, axes: readonly number[]): Origin => ({
  names: [name],
  make: ([t]) => (t.shape.length === axes.length ? permute(t, axes) : t),
});

export const reshaped = (tensor: HostTensor, shape: Shape): HostTensor => ({ ...tensor, shape });

/** Path and last part at the last `separator`. */
export function splitAt(name: string, separator: string): readonly [string, string] {
  const at = name.lastIndexOf(separator);
  return [name.slice(0, Math.max(0, at)), name.slice(at + separator.length)];
}
