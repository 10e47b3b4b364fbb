/** Signatures of calls: those with an equal one share a plan. Comparing makes no string. */
import { sameShape } from "../base/shape.ts";
import type { Node, Spec } from "../graph/node.ts";
import type { Device } from "./device.ts";

/** An argument leaf: a tensor's node or a number, fed at each call; strings, booleans and null are static. */
export type Argument = Node | number | string | boolean | null | undefined;

/** The arguments of one call. Nothing of them outlives it. */
export interface Call {
  /** As the user gave them. */
  readonly tree: readonly unknown[];
  /** Of the tree. */
  readonly structure: string;
  readonly leaves: readonly Argument[];
}

/** A tensor's shape and dtype, any number for a number, a static value itself. */
type Kind = Spec | Exclude<Argument, Node>;

export interface Signature {
  readonly device: Device;
  readonly training: boolean;
  /** `trainableVersion` when it was traced. */
  readonly trainable: number;
  /** Of the tree of arguments. */
  readonly structure: string;
  readonly kinds: readonly Kind[];
}

/** Bumped when parameters are frozen or unfrozen: what was traced before no longer holds. */
let trainableVersion = 0;
export const trainableChanged = (): void => {
  trainableVersion++;
};

export function signatureOf(device: Device, training: boolean, { structure, leaves }: Call): Signature {
  return { device, training, trainable: trainableVersion, structure, kinds: leaves.map(kindOf) };
}

/** Whether a call on `device` in this mode has the signature. */
export function hasSignature(known: Signature, device: Device, training: boolean, call: Call): boolean {
  return (
    known.device === device &&
    known.training === training &&
    known.trainable === trainableVersion &&
    known.structure === call.structure &&
    known.kinds.every((kind, i) => isOf(kind, call.leaves[i]))
  );
}

export const isTensor = (argument: Argument): argument is Node =>
  typeof argument === "object" && argument !== null;

/** Shape and dtype alone, so that a signature keeps no node alive. */
function kindOf(argument: Argument): Kind {
  return isTensor(argument) ? { shape: argument.shape, dtype: argument.dtype } : argument;
}

function isOf(kind: Kind, argument: Argument): boolean {
  if (typeof argument === "number") return typeof kind === "number";
  if (!isTensor(argument)) return kind === argument;
  return isSpec(kind) && kind.dtype === argument.dtype && sameShape(kind.shape, argument.shape);
}

const isSpec = (kind: Kind): kind is Spec => typeof kind === "object" && kind !== null;

/** For messages. */
export function showSignature({ device, training, trainable, structure, kinds }: Signature): string {
  return `${device.id} ${training} ${trainable} ${structure} ${kinds.map(describe).join()}`;
}

function describe(kind: Kind): string {
  if (isSpec(kind)) return `${kind.dtype}[${kind.shape}]`;
  return typeof kind === "number" ? "number" : (JSON.stringify(kind) ?? "undefined");
}
