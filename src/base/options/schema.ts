/**
 * Options are declared once: a schema has an entry for each, and an entry is its type, its default, its check and its
 * form in files. Types come from the schema ({@link OptionsOf}), and so do the tests of wrong values. Callers from
 * JavaScript have no types: whatever is wrong, a misspelt name too, is an error at the call that gave it.
 */
import { fail } from "../errors.ts";
import { show } from "../show.ts";

/** The rule that a value breaks, to follow the option's name (`must be a positive integer`); nothing when it is right. */
export type Check = (value: unknown, where: string, name: string) => string | undefined;

/** In the place of a default: the option must be given. */
export const REQUIRED = Symbol();

/** One option with values of type `T`; `D` is the type of its default. */
export interface Option<T, D = undefined> {
  readonly check: Check;
  /** The default; undefined where there is none. */
  readonly initial: D;
  /** The value in files; undefined when files cannot hold it. Default: as it is. */
  readonly plain?: (value: T) => unknown;
}

/** Declares options of one kind: called with the default, if there is one. */
export interface Kind<T> {
  (): Option<T>;
  <const D extends T>(initial: D): Option<T, D>;
}

/** A kind of options. @param plain their form in files, where that is not the value itself */
export const kind =
  <T>(check: Check, plain?: (value: T) => unknown): Kind<T> =>
  <D extends T>(initial?: D): Option<T, D> => ({ check, initial: initial as D, plain });

/** The option must be given. */
export const required = <T>(option: Option<T>): Option<T, typeof REQUIRED> => ({
  ...option,
  initial: REQUIRED,
});

/** Entries by the name of the option. */
type Entries = Readonly<Record<string, Option<never, unknown>>>;

type Given<E> = E extends Option<infer T, unknown> ? T : never;
type Value<E> = E extends Option<infer T, infer D> ? (undefined extends D ? T | undefined : T) : never;

/**
 * The options that callers give: `interface AdamOptions extends OptimizerOptions, OptionsOf<typeof adamOptions> {}`.
 * Options spread from another file come first, by their own interface: declarations keep comments within a file alone.
 */
export type OptionsOf<S extends Schema> = Flat<
  {
    [K in keyof S["entries"] as S["entries"][K] extends Option<never, typeof REQUIRED> ? K : never]: Given<
      S["entries"][K]
    >;
  } & {
    [K in keyof S["entries"] as S["entries"][K] extends Option<never, typeof REQUIRED> ? never : K]?: Given<
      S["entries"][K]
    >;
  }
>;

/** One object type: a number or a boolean in its place is an error, which it is not for an intersection. */
type Flat<T> = { [K in keyof T]: T[K] };

/** What {@link Schema.read} returns: every option, with its default where it was not given. */
export type ValuesOf<S extends Schema> = {
  readonly [K in keyof S["entries"]]: Value<S["entries"][K]>;
};

/** The options that something takes. */
export class Schema<E extends Entries = Entries> {
  constructor(
    /** To be spread into the schema of something that takes more. */
    readonly entries: E,
  ) {}

  /**
   * All options, with defaults for those that are missing or undefined.
   * @param where who takes them, for messages
   * @throws HeddleError when an option does not exist, breaks its rule, or is required and missing
   */
  read(where: string, given: object = {}): ValuesOf<this> {
    const { entries } = this;
    const isObject = Object(given) === given;
    const unknown = isObject ? Object.keys(given).find((name) => !Object.hasOwn(entries, name)) : "";
    if (unknown !== undefined) {
      const names = Object.keys(entries);
      const got = given?.constructor === Object ? unknown : show(given);
      fail(where, `takes ${names.length > 0 ? `the options ${names.join(", ")}` : "no options"}: got ${got}`);
    }
    const valueFor = ([name, { check, initial }]: [string, Entries[string]]): [string, unknown] => {
      const value = (given as Record<string, unknown>)[name];
      if (value === undefined && initial !== REQUIRED) return [name, initial];
      const rule = check(value, where, name);
      return rule ? fail(where, `${name} ${rule}: got ${show(value)}`) : [name, value];
    };
    return Object.fromEntries(Object.entries(entries).map(valueFor)) as ValuesOf<this>;
  }

  /** Values as plain data for a file, without those that are undefined; undefined when files cannot hold one of them. */
  plain(values: object): Record<string, unknown> | undefined {
    const found: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const { plain } = this.entries[name] as Option<unknown>;
      found[name] = plain ? plain(value) : value;
      if (found[name] === undefined) return undefined;
    }
    return found;
  }
}

/** A schema by the values that it reads, for classes that share a constructor. */
export interface SchemaOf<V> extends Pick<Schema, "plain"> {
  read(where: string, given?: object): V;
}

/** A schema: `options({ rate: required(fraction()), seed: integer() })`. */
export const options = <E extends Entries>(entries: E): Schema<E> => new Schema(entries);

/** Of what takes no options. */
export const noOptions = /* @__PURE__ */ options({});

/** For callers without types, who may still give some. */
export type NoOptions = Readonly<Record<string, never>>;
