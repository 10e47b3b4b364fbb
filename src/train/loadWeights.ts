/** Weights of a network from a file, also of another framework. Nothing changes unless everything fits. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { flag, oneOf } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import type { StoreLike } from "../io/stores.ts";
import { readTensors } from "../io/tensors.ts";
import type { Layer } from "../nn/module.ts";
import type { Variable } from "../nn/variable.ts";
import { isWeight, match } from "./save.ts";
import { flattenedShapes } from "./weights/flattened.ts";
import { keras } from "./weights/keras.ts";
import { type Format, type Origin, same, splitAt } from "./weights/layout.ts";
import { type Group, groupsOf, type Names, pairs, type Target, targetsOf } from "./weights/match.ts";
import { pytorch } from "./weights/pytorch.ts";

const WHERE = "loadWeights";
const FORMATS: Readonly<Record<"pytorch" | "keras", Format>> = { pytorch, keras };

/** Which names of a file and a network met. */
export interface LoadReport {
  /** In the network. */
  readonly matched: readonly string[];
  /** In the network alone. */
  readonly missing: readonly string[];
  /** In the file alone. */
  readonly unexpected: readonly string[];
}

const layerNames = kind<Names>((value) => (Object(value) === value ? "" : "must be a table or a function"));

const loadWeightsOptions = options({
  /** Whose names and layouts the file has. Default `heddle`. */
  from: oneOf("heddle", "pytorch", "keras")("heddle"),
  /**
   * Layers of the file (`features.0`) to layers of the network (`layers.0`), as a table or a function; what a function
   * leaves undefined is not loaded. Default: by name where all names meet, else in order; for
   * `heddle` by name.
   */
  names: layerNames(),
  /** An error unless all names meet. Default true. */
  strict: flag(true),
});

/** Options of {@link loadWeights}. */
export interface LoadWeightsOptions extends OptionsOf<typeof loadWeightsOptions> {}

/**
 * Reads weights (safetensors, npz, npy) into a network whose shapes are known. Kernels of PyTorch are transposed, those
 * of a dense layer behind a flatten reordered for channels last, gates of a GRU too.
 *
 * @example
 * const net = resnet18();
 * await loadWeights(net, "resnet18.safetensors", { from: "pytorch" });
 * @throws HeddleError when a shape differs, or names do not meet and `strict`; nothing was changed then
 */
export async function loadWeights(
  net: Layer,
  source: StoreLike,
  options: LoadWeightsOptions = {},
): Promise<LoadReport> {
  const { from, names, strict } = loadWeightsOptions.read(WHERE, options);
  if (!net.isBuilt) fail(WHERE, `shapes of ${net.type} are not known: give inputShape or call build`);
  const tensors = await readTensors(source);
  const found = from === "heddle" ? own(net, tensors, names) : foreign(net, tensors, FORMATS[from], names);
  const { values, unexpected } = found;
  const paths = [...net.state()];
  const missing = paths.flatMap(([path, variable]) => (values.has(variable) ? [] : [path]));
  if (strict && missing.length > 0) fail(WHERE, `the file lacks ${missing.join(", ")}`);
  if (strict && unexpected.length > 0) fail(WHERE, `the network has no ${unexpected.join(", ")}`);
  for (const [variable, { data }] of values) variable.load(data);
  const matched = paths.flatMap(([path, variable]) => (values.has(variable) ? [path] : []));
  return { matched, missing, unexpected };
}

interface Found {
  readonly values: ReadonlyMap<Variable, HostTensor>;
  readonly unexpected: readonly string[];
}

function own(net: Layer, tensors: ReadonlyMap<string, HostTensor>, names: Names = {}): Found {
  const weights = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    if (!isWeight(name)) continue;
    const [path, last] = splitAt(name, ".");
    const wanted = typeof names === "function" ? names(path) : (names[path] ?? path);
    if (wanted === undefined) continue;
    const renamed = [wanted, last].filter(Boolean).join(".");
    if (weights.has(renamed)) fail(WHERE, `names leads two tensors of the file to ${renamed}`);
    weights.set(renamed, tensor);
  }
  const { matched, unexpected } = match(net, weights);
  return { values: matched, unexpected };
}

function foreign(net: Layer, tensors: ReadonlyMap<string, HostTensor>, format: Format, names?: Names): Found {
  const groups = groupsOf(tensors, format);
  const flattened = flattenedShapes(net);
  const values = new Map<Variable, HostTensor>();
  const used = new Set<string>();
  for (const [target, group] of pairs(targetsOf(net), groups, names)) {
    const shape = flattened.get(target.module);
    for (const [field, variable] of target.variables) {
      const origin = format.layers[target.module.type]?.[field] ?? same(field);
      const made = convert(origin, group, target, field, variable, shape);
      if (!made) continue;
      values.set(variable, made.value);
      for (const name of made.names) used.add(name);
    }
  }
  const all = [...groups.values()].flatMap((group) => [...group.values()].map(({ name }) => name));
  return { values, unexpected: all.filter((name) => !used.has(name)) };
}

function convert(
  origin: Origin,
  group: Group,
  { path }: Target,
  field: string,
  { shape }: Variable,
  flattened: Shape | undefined,
): { value: HostTensor; names: readonly string[] } | undefined {
  const sources = origin.names.flatMap((name) => group.get(name) ?? []);
  if (sources.length < (origin.isAlternative ? 1 : origin.names.length)) return undefined;
  const value = origin.make(
    sources.map(({ tensor }) => tensor),
    { shape, flattened },
  );
  const names = sources.map(({ name }) => name);
  if (!sameShape(value.shape, shape) || value.dtype !== "float32") {
    const place = [path, field].filter(Boolean).join(".");
    const got = sources.map(({ name, tensor }) => `${tensor.dtype} ${showShape(tensor.shape)} as ${name}`);
    fail(WHERE, `${place} is float32 ${showShape(shape)}: got ${got.join(" and ")}`);
  }
  return { value, names };
}
