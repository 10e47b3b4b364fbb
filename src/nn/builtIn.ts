/** What built-in layers share: the check at construction, and their form in files. */
import { type NoOptions, noOptions, type SchemaOf } from "../base/options/schema.ts";
import { type LayerConfig, Module } from "./module.ts";

/** A layer that its type and its options describe. */
export abstract class BuiltIn<V extends object> extends Module {
  /** With their defaults. */
  readonly options: V;
  readonly #schema: SchemaOf<V>;

  /** @throws HeddleError as `Schema.read` */
  constructor(schema: SchemaOf<V>, given?: object) {
    super();
    this.#schema = schema;
    this.options = schema.read(this.type, given);
  }

  override config(): LayerConfig | undefined {
    const plain = this.#schema.plain(this.options);
    return plain && { type: this.type, ...plain };
  }
}

/** A layer that its type alone describes. */
export abstract class Plain extends BuiltIn<NoOptions> {
  constructor(options?: NoOptions) {
    super(noOptions, options);
  }
}
