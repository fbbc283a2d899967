/**
 * Prints lib/natter.d.ts, made from lib/server.ts. It tells TypeScript the types of natter in other projects.
 *
 * Without it TypeScript would read the sources, by the rules of the other project, and complain that Bun's types
 * are missing. So lib/natter.d.ts imports nothing. lib/ makes the type of the options from a table. Here this
 * type is written out, each option with its comment.
 */
import ts from "typescript";
import { OPTION_ENTRIES } from "../lib/options/options.ts";

const ROOT = `${import.meta.dir}/..`;
const ENTRY = `${ROOT}/lib/server.ts`;

/** The reference is for `AsyncDisposable`. No library up to ES2025 declares it. */
const HEAD = `// Made from lib/server.ts by \`bun run declarations\`. Do not edit it here.
/// <reference lib="esnext.disposable" />
`;

const NOT_SHORTENED = ts.TypeFormatFlags.NoTruncation;

/** The text of lib/natter.d.ts. Throws if lib/server.ts exports something that this cannot declare. */
function declarations(): string {
  const { config } = ts.readConfigFile(`${ROOT}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([ENTRY], options);
  const checker = program.getTypeChecker();
  const entry = checker.getSymbolAtLocation(program.getSourceFile(ENTRY) as ts.Node) as ts.Symbol;
  const texts = checker.getExportsOfModule(entry).map((symbol) => declare(symbol, checker));
  return [HEAD, ...texts].join("\n");
}

function declare(exported: ts.Symbol, checker: ts.TypeChecker): string {
  const isFromElsewhere = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isFromElsewhere ? checker.getAliasedSymbol(exported) : exported;
  const [node] = symbol.declarations ?? [];
  if (node !== undefined && ts.isTypeAliasDeclaration(node) && ts.isUnionTypeNode(node.type)) {
    return `${commentOf(node)}${node.getText()}\n`;
  }
  if (node !== undefined && ts.isInterfaceDeclaration(node)) {
    return `${commentOf(node)}${node.getText()}\n`;
  }
  if (node !== undefined && ts.isFunctionDeclaration(node)) {
    const type = checker.getTypeOfSymbol(symbol);
    const [signature] = type.getCallSignatures() as [ts.Signature];
    const text = checker.signatureToString(signature, undefined, NOT_SHORTENED);
    return `${commentOf(node)}export declare function ${symbol.name}${text};\n`;
  }
  if (node !== undefined && ts.isTypeAliasDeclaration(node)) {
    const properties = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
    const inOrder = properties.toSorted((one, other) => rankOf(one) - rankOf(other));
    const members = inOrder.map((property) => member(property, checker));
    return `${commentOf(node)}export type ${symbol.name} = {\n${members.join("")}};\n`;
  }
  throw new Error(`lib/server.ts exports ${symbol.name}, which natter.d.ts cannot declare yet.`);
}

/** Options come in the order of their table, which the compiler's does not keep, and before all else. */
function rankOf({ name }: ts.Symbol): number {
  const rank = OPTION_ENTRIES.findIndex(([option]) => option === name);
  return rank === -1 ? OPTION_ENTRIES.length : rank;
}

function member(property: ts.Symbol, checker: ts.TypeChecker): string {
  const [node] = property.declarations as [ts.Declaration];
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const type = checker.getTypeOfSymbol(property);
  const text = checker.typeToString(
    isOptional ? checker.getNonNullableType(type) : type,
    undefined,
    NOT_SHORTENED | ts.TypeFormatFlags.InTypeAlias, // its own alias is not exported
  );
  return `${commentOf(node, "  ")}  ${property.name}${isOptional ? "?" : ""}: ${text};\n`;
}

/** The comment above a declaration, with a newline after it. */
function commentOf(node: ts.Node, indent = ""): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return comments
    .map((comment) => `${indent}${comment.getText().replace(/\n\s*/g, `\n${indent} `)}\n`)
    .join("");
}

process.stdout.write(declarations());
