/** Which layer of a file belongs to which of a network: by name where the names meet, else in order. */
import { fail } from "../../base/errors.ts";
import type { HostTensor } from "../../base/host.ts";
import { type Module, variablesOf } from "../../nn/module.ts";
import type { Variable } from "../../nn/variable.ts";
import type { Format } from "./layout.ts";

/** A layer of the network that has variables of its own. */
export interface Target {
  readonly module: Module;
  /** In the network. */
  readonly path: string;
  /** By the field that holds them. */
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Tensors of the file that belong to one layer: by their last name, what they are called and are. */
export type Group = Map<string, { readonly name: string; readonly tensor: HostTensor }>;

/** Layers of the file by their path, in their order. */
export function groupsOf(tensors: ReadonlyMap<string, HostTensor>, format: Format): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [name, tensor] of format.unpack?.(tensors) ?? tensors) {
    const [path, last] = format.split(name);
    if (format.ignored.includes(last)) continue;
    const group = groups.get(path) ?? new Map();
    groups.set(path, group.set(last, { name, tensor }));
  }
  return inOrder(groups);
}

/** Tools that sort names put 10 before 2: such files are sorted again, as numbers. */
function inOrder(groups: Map<string, Group>): Map<string, Group> {
  const paths = [...groups.keys()];
  if (paths.some((path, i) => i > 0 && path < paths[i - 1])) return groups;
  const byNumber = new Intl.Collator("en", { numeric: true });
  return new Map([...groups].sort(([a], [b]) => byNumber.compare(a, b)));
}

export function targetsOf(net: Module): Target[] {
  return [...net.modules()].flatMap(([path, module]) => {
    const variables = variablesOf(module);
    return variables.size > 0 ? [{ module, path, variables }] : [];
  });
}

/** Paths of the file to paths of the network. */
export type Names = Readonly<Record<string, string>> | ((path: string) => string | undefined);

/** The group of each target. */
export function pairs(
  targets: readonly Target[],
  groups: ReadonlyMap<string, Group>,
  names?: Names,
): Map<Target, Group> {
  if (names) return named(targets, groups, names);
  const byPath = targets.map((target) => groups.get(plain(target.path)));
  const met = byPath.filter((group) => group !== undefined).length;
  const byName = met === targets.length || met === groups.size;
  const list = byName ? byPath : [...groups.values()];
  return new Map(targets.flatMap((target, i) => (list[i] ? [[target, list[i]]] : [])));
}

/** A path without the fields in which sequentials and graphs keep their layers. */
const plain = (path: string): string =>
  path
    .split(".")
    .filter((part) => part !== "layers")
    .join(".");

function named(
  targets: readonly Target[],
  groups: ReadonlyMap<string, Group>,
  names: Names,
): Map<Target, Group> {
  const result = new Map<Target, Group>();
  for (const [path, group] of groups) {
    const wanted = typeof names === "function" ? names(path) : (names[path] ?? path);
    const target = targets.find((t) => t.path === wanted || plain(t.path) === wanted);
    if (!target) {
      if (typeof names !== "function" && Object.hasOwn(names, path)) {
        fail("loadWeights", `names leads ${path} to ${wanted}, where the network has no weights`);
      }
      continue;
    }
    if (result.has(target)) fail("loadWeights", `names leads two layers of the file to ${wanted}`);
    result.set(target, group);
  }
  return result;
}
