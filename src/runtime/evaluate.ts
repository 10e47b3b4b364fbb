/** Lazy reads: compiles what a value needs, with a structural plan cache, and runs it in program order. */
import { type HostArray, hostArray } from "../base/dtype.ts";
import { fail, HeddleError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { compile } from "../compile/compile.ts";
import { structure } from "../compile/structure.ts";
import { ContextKey } from "../graph/context.ts";
import { is, type Node, type Spec } from "../graph/node.ts";
import { consumers, topological } from "../graph/walk.ts";
import { type ScalarSource, scalar } from "../ops/sources.ts";
import { Device } from "./device.ts";
import { currentDevice } from "./devices.ts";
import { LoadedPlan, type ReadPlan } from "./loadedPlan.ts";
import { isPromise } from "./queue.ts";
import { Storage } from "./storage.ts";
import { currentTrace } from "./trace.ts";

/** Whether evaluated nodes keep their inputs, for a gradient that will walk them. */
export const KEEPS_HISTORY = /* @__PURE__ */ new ContextKey(false);

const isLeaf = (node: Node): boolean => node.storage !== undefined;

/** Gives every root a storage; the work is enqueued, and a failure shows when a value is read. */
export function evaluate(roots: readonly Node[]): void {
  if (roots.every(isLeaf)) return;
  const wanted = [...new Set(roots)].filter((n) => !isLeaf(n));
  if (currentTrace() || wanted.some((n) => n.scope !== 0)) {
    throw new HeddleError(
      "jit",
      "a value cannot be read inside a compiled function; return it and read the result",
    );
  }
  const device = currentDevice();
  const order = topological(wanted, isLeaf);
  const outputs = [...wanted, ...computedTwice(order, wanted)];
  const key = structure(order, outputs, isLeaf);
  const read = device.reads.get(key) ?? plan(device, key, outputs, order);

  const leaves = read.leaves.map((i) => storageOf(order[i]));
  const scalars = Float64Array.from(read.scalars, (i) => sourceOf(order[i])!.value);
  const storages = outputs.map((n) => pending(n, device, n.op.name));
  enqueue(device, leaves, storages, () => device.execute(read.loaded, leaves, storages, scalars));

  for (const node of order) node.wasComputed = true;
  outputs.forEach((node, i) => {
    node.storage = storages[i];
    if (!KEEPS_HISTORY.value) node.inputs = [];
  });
}

/** A node in memory without any stands for a value that comes later: an input of a graph. */
const storageOf = (leaf: Node): Storage =>
  (leaf.storage as Storage | undefined) ??
  fail(leaf.op.name, "stands for values to come: it has none to read");

/** Where a scalar node's number comes from. */
const sourceOf = (node: Node): ScalarSource | undefined => (is(node, scalar) ? node.attrs.source : undefined);

function plan(device: Device, key: string, outputs: readonly Node[], order: readonly Node[]): ReadPlan {
  const { plan, leaves, scalars } = compile(outputs, [], { target: device.target, isLeaf });
  const sourceAt = new Map(order.map((n, i) => [sourceOf(n), i]));
  const index = new Map(order.map((n, i) => [n, i]));
  const read: ReadPlan = {
    loaded: new LoadedPlan(plan),
    leaves: leaves.flatMap((leaf) => (leaf.kind === "node" ? [index.get(leaf.node)!] : [])),
    scalars: scalars.map((source) => sourceAt.get(source)!),
  };
  device.reads.set(key, read);
  return read;
}

/** Nodes that an earlier plan computed without storing them and that new nodes read: now they are stored. */
function computedTwice(order: readonly Node[], roots: readonly Node[]): Node[] {
  if (!order.some((n) => n.wasComputed && !isLeaf(n))) return [];
  const users = consumers(order);
  return order.filter((node) => {
    const { kind } = node.op;
    const costs = kind === "pointwise" || kind === "reduce" || kind === "heavy" || kind === "composite";
    return (
      costs &&
      node.wasComputed &&
      !isLeaf(node) &&
      !roots.includes(node) &&
      users.get(node)!.some((u) => !u.wasComputed)
    );
  });
}

/** Memory that an execution on `device` will fill. */
export function pending({ shape, dtype }: Spec, device: Device, origin: string): Storage {
  const storage = new Storage(shape, dtype, undefined, origin);
  storage.home = device;
  return storage;
}

/**
 * Runs `task` in the device's order, while `inputs` keep their memory; a failure poisons the outputs, whose readers
 * see it.
 */
export function enqueue(
  device: Device,
  inputs: readonly Storage[],
  outputs: readonly Storage[],
  task: () => void | Promise<void>,
): void | Promise<void> {
  for (const input of inputs) input.pin();
  try {
    const done = device.queue.run(task);
    if (isPromise(done)) {
      return done
        .catch((cause) => poison(device, outputs, cause))
        .finally(() => {
          for (const input of inputs) input.unpin();
        });
    }
  } catch (cause) {
    poison(device, outputs, cause);
  }
  for (const input of inputs) input.unpin();
}

function poison(device: Device, outputs: readonly Storage[], cause: unknown): void {
  const error =
    cause instanceof HeddleError
      ? cause
      : new HeddleError(device.kind, String((cause as Error)?.message ?? cause), { cause });
  for (const output of outputs) output.fail(error);
}

/** The same value in memory of its own, copied in program order. */
export function copyStorage(from: Storage): Storage {
  const { home } = from;
  const host = from.hostIsCurrent ? from.host : undefined;
  const copy = new Storage(from.shape, from.dtype, host?.slice() as HostArray | undefined, from.origin);
  copy.home = home;
  if (host || !(home instanceof Device)) return copy;
  enqueue(home, [from], [copy], () => {
    const source = home.view(from);
    const target = home.allocate(copy);
    if (isPromise(source)) return source.then((view) => home.backend.copy(view, target));
    home.backend.copy(source, target);
  });
  return copy;
}

/** A stored value in `into`, else a new array; synchronous where the device is in this thread with nothing pending. */
export function fetch(storage: Storage, into?: HostArray): HostArray | Promise<HostArray> {
  if (storage.error) throw storage.error;
  if (storage.isDisposed) throw new HeddleError("tensor", "was disposed; its value is gone");
  const { host } = storage;
  if (host && storage.hostIsCurrent) {
    if (!into) return host.slice() as HostArray;
    into.set(host);
    return into;
  }
  const device = storage.home as Device;
  storage.pin();
  return device.queue.run(() => {
    try {
      const values = download(storage, device, into);
      if (isPromise(values)) return values.finally(() => storage.unpin());
      storage.unpin();
      return values;
    } catch (error) {
      storage.unpin();
      throw error;
    }
  });
}

function download(storage: Storage, device: Device, into?: HostArray): HostArray | Promise<HostArray> {
  if (storage.error) throw storage.error;
  const values = into ?? hostArray(storage.dtype, sizeOf(storage.shape));
  const done = device.backend.download(storage.replicas.get(device)!, values);
  return done ? done.then(() => values) : values;
}
