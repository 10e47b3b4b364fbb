/** What built-in layers share: the check at construction, and their form in files. */
import { checkOptions, type NoOptions, type Rules } from "../base/options.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

/** A layer that its type and its options describe. */
export abstract class BuiltIn<O extends object> extends Module {
  /** @throws HeddleError as `checkOptions` */
  constructor(
    /** As given. */
    readonly options: O,
    rules: Rules<O>,
    required?: readonly (keyof O & string)[],
  ) {
    super();
    checkOptions(this.type, options, rules, required);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/** A layer that its type alone describes. */
export abstract class Plain extends BuiltIn<NoOptions> {
  constructor(options: NoOptions = {}) {
    super(options, {});
  }
}
