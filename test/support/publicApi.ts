/** The package's public names, from the entry points in package.json, as the TypeScript compiler sees them. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** A name that a user of the package can write: an export, or a member of one. */
export interface PublicName {
  /** `heddle/nn: Dense.kernel` */
  readonly name: string;
  /** `src/nn/dense.ts:34:3` */
  readonly place: string;
  /** The comment that belongs to it, with its tags; of a member also that of what it overrides. */
  readonly comment: string;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
}

/** Specifier by source file: `heddle/nn` for src/nn/index.ts. */
function entryPoints(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  const typed = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [[path, target.types] as const],
  );
  return new Map(
    typed.map(([path, types]) => [
      join(root, types.replace("dist/", "src/").replace(".d.ts", ".ts")),
      join("heddle", path),
    ]),
  );
}

export function publicNames(): PublicName[] {
  const entries = entryPoints();
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([...entries.keys()], options);
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  const found: PublicName[] = [];

  const visit = (symbol: ts.Symbol, name: string): void => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (seen.has(target) || !isOurs(target)) return;
    seen.add(target);
    if (target.flags & ts.SymbolFlags.ValueModule) {
      for (const inner of checker.getExportsOfModule(target)) visit(inner, `${name}.${inner.name}`);
      return;
    }
    const isOptional = (target.flags & ts.SymbolFlags.Optional) !== 0;
    found.push({ name, place: placeOf(target), comment: commentOf(target, checker), isOptional });
    for (const member of membersOf(target, checker)) visit(member, `${name}.${member.name}`);
  };
  for (const [file, specifier] of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    for (const symbol of checker.getExportsOfModule(module)) visit(symbol, `${specifier}: ${symbol.name}`);
  }
  return found;
}

const isOurs = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((d) => d.getSourceFile().fileName.startsWith(join(root, "src")));

/** Members of a class's instances or of an object type; and the static members. */
function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const { Class, Interface, TypeAlias } = ts.SymbolFlags;
  if (!(symbol.flags & (Class | Interface | TypeAlias))) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  // A union, an array, a function: nothing that the alias itself declares.
  const isOwn = symbol.flags & (Class | Interface) || symbol.declarations?.some(isObjectAlias);
  const statics = symbol.flags & Class ? [...(symbol.exports?.values() ?? [])] : [];
  return isOwn ? [...type.getProperties(), ...statics].filter(isPublic) : [];
}

const isObjectAlias = (d: ts.Declaration): boolean =>
  ts.isTypeAliasDeclaration(d) && ts.isTypeLiteralNode(d.type);

function isPublic(member: ts.Symbol): boolean {
  const { declarations = [] } = member;
  if (member.name.startsWith("__") || declarations.length === 0) return false;
  return declarations.every((d) => {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    const isNamed = !("name" in d) || !ts.isPrivateIdentifier(d.name as ts.Node);
    return isNamed && !(ts.getCombinedModifierFlags(d) & hidden);
  });
}

function commentOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol
    .getJsDocTags(checker)
    .map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`);
  return [text, ...tags].join("\n").trim();
}

function placeOf({ declarations = [] }: ts.Symbol): string {
  const [d] = declarations;
  const source = d.getSourceFile();
  // Of a variable, where its statement begins.
  const whole = ts.isVariableDeclaration(d) ? d.parent.parent : d;
  const { line, character } = source.getLineAndCharacterOfPosition(whole.getStart());
  return `${relative(root, source.fileName)}:${line + 1}:${character + 1}`;
}
