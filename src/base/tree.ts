/** Trees of leaves in arrays and plain objects: the arguments and results of compiled functions. */

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The tree with each leaf (anything but an array, map or plain object) replaced by `fn(leaf, path)`. */
export function mapTree(tree: unknown, fn: (leaf: unknown, path: string) => unknown, path = ""): unknown {
  if (Array.isArray(tree)) return tree.map((v, i) => mapTree(v, fn, `${path}[${i}]`));
  if (tree instanceof Map) return new Map([...tree].map(([k, v], i) => [k, mapTree(v, fn, `${path}<${i}>`)]));
  if (!isPlainObject(tree)) return fn(tree, path);
  return Object.fromEntries(
    Object.entries(tree).map(([k, v]) => [k, mapTree(v, fn, path === "" ? k : `${path}.${k}`)]),
  );
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;

/** A map's key as text: a value, or the number of an object. */
function keyName(key: unknown): string {
  if (typeof key !== "object" || key === null) return `${typeof key} ${String(key)}`;
  const known = identities.get(key) ?? nextIdentity++;
  identities.set(key, known);
  return `#${known}`;
}

/**
 * Appends the leaves in order. Returns the structure, containers and keys without leaves: equal for trees that map
 * alike.
 */
export function flatten(tree: unknown, leaves: unknown[]): string {
  if (Array.isArray(tree)) {
    let text = "[";
    for (const value of tree) text += `${flatten(value, leaves)},`;
    return `${text}]`;
  }
  if (tree instanceof Map) {
    let text = "<";
    for (const [key, value] of tree) text += `${keyName(key)}:${flatten(value, leaves)},`;
    return `${text}>`;
  }
  if (isPlainObject(tree)) {
    let text = "{";
    for (const key of Object.keys(tree)) text += `${JSON.stringify(key)}:${flatten(tree[key], leaves)},`;
    return `${text}}`;
  }
  leaves.push(tree);
  return "";
}

/** The leaves in order. */
export function leavesOf(tree: unknown): unknown[] {
  const leaves: unknown[] = [];
  flatten(tree, leaves);
  return leaves;
}
