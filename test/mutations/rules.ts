/**
 * What can be done to one node of a syntax tree, by rules that are few on purpose: each change should
 * make some test fail. No two rules make the same change. Whether the types allow one is not known here;
 * `bun check` tells later.
 */
import type { Expression, File } from "@babel/parser";

export type Node = Expression | File["program"]["body"][number];
/** A part of the source. Babel leaves open whether a node has one; nodes that were parsed do. */
export type Place = { start?: number | null | undefined; end?: number | null | undefined };
export type Change = readonly [place: Place, text: string];
type TextOf = (place: Place) => string;
type Rule = (node: Node, textOf: TextOf, parent: Node | undefined) => Change[];

const CONTRARIES: Readonly<Record<string, string>> = { "===": "!==", "!==": "===" };
const BOUNDS: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const ARITHMETIC: Readonly<Record<string, string>> = {
  ...{ "+": "-", "-": "+", "*": "/", "/": "*" },
  ...{ "+=": "-=", "-=": "+=", "++": "--", "--": "++" },
};

export const RULES: Readonly<Record<string, Rule>> = {
  /** A statement is gone, or a guard that returns early. */
  drop(node) {
    const isStatement =
      node.type === "ExpressionStatement" && node.expression.type !== "TSSatisfiesExpression";
    const isGuard =
      node.type === "IfStatement" && !node.alternate && endsEarly(node.consequent as Node);
    return isStatement || isGuard ? [[node, ";"]] : [];
  },

  /** A condition is its contrary. */
  negate(node, textOf) {
    if (node.type === "BooleanLiteral") return [[node, `${!node.value}`]];
    const test = "test" in node ? (node.test as Node | null) : null;
    if (!test || test.type === "LogicalExpression" || withOperator(test, CONTRARIES, textOf)[0]) {
      return withOperator(node, CONTRARIES, textOf);
    }
    const isNot = test.type === "UnaryExpression" && test.operator === "!";
    return [[test, isNot ? textOf(test.argument) : `!${asOperand(test, textOf)}`]];
  },

  /** Of `a && b`, `a || b` and `a ?? b` one operand is all. */
  operand(node, textOf) {
    if (node.type !== "LogicalExpression") return [];
    return [node.left, node.right].map((side) => {
      const isLoose = /^(Logical|Conditional|Assignment|Arrow)/.test(side.type);
      return [node, isLoose ? `(${textOf(side)})` : textOf(side)];
    });
  },

  /** A bound is one further in the one direction by its operator, in the other by its number. */
  bound(node, textOf) {
    if (node.type !== "BinaryExpression") return [];
    const changes = withOperator(node, BOUNDS, textOf);
    if (node.right.type !== "NumericLiteral" || !/[=<>]/.test(node.operator)) return changes;
    const step = node.operator === "<" || node.operator === ">=" ? -1 : 1;
    return [...changes, [node.right, `${node.right.value + step}`]];
  },

  /** Plus is minus, times is divided by, and the other way round. */
  operator(node, textOf) {
    if (node.type !== "UpdateExpression") return withOperator(node, ARITHMETIC, textOf);
    return [[node, textOf(node).replace(node.operator, ARITHMETIC[node.operator] as string)]];
  },

  /** Two arguments next to each other have changed places. */
  swap(node, textOf) {
    if (!isCall(node) || isCommutative(node, textOf)) return [];
    return node.arguments.slice(1).flatMap((second, index): Change[] => {
      const first = node.arguments[index] as Node;
      const gap = textOf({ start: first.end, end: second.start });
      const isSame = textOf(first) === textOf(second);
      const place = { start: first.start, end: second.end };
      return isSame ? [] : [[place, `${textOf(second)}${gap}${textOf(first)}`]];
    });
  },

  /** In place of a call stands its only argument, or what its method belongs to. */
  unwrap(node, textOf, parent) {
    if (!isCall(node) || isConditionOrStatement(node, parent)) return [];
    const isMath = textOf(node.callee).startsWith("Math.");
    const inner: Node[] = [];
    if (node.arguments.length === 1 || isMath) inner.push(...(node.arguments as Node[]));
    if (node.callee.type === "MemberExpression" && !isMath) inner.push(node.callee.object as Node);
    return inner.map((each) => [node, asOperand(each, textOf)]);
  },
};

/** The change of an operator of two operands to what the table has in its place, if anything. */
function withOperator(
  node: Node,
  table: Readonly<Record<string, string>>,
  textOf: TextOf,
): Change[] {
  if (node.type !== "BinaryExpression" && node.type !== "AssignmentExpression") return [];
  const other = table[node.operator];
  const place = { start: node.left.end, end: node.right.start };
  return other === undefined ? [] : [[place, textOf(place).replace(node.operator, other)]];
}

/** In parentheses unless it binds as tightly as anything can. */
function asOperand(node: Node, textOf: TextOf): string {
  const isTight = /^(Identifier|\w*Literal|\w*MemberExpression|\w*CallExpression|This\w*)$/;
  return isTight.test(node.type) ? textOf(node) : `(${textOf(node)})`;
}

function isCall(node: Node): node is Extract<Node, { type: "CallExpression" | "NewExpression" }> {
  return node.type === "CallExpression" || node.type === "NewExpression";
}

function isCommutative(node: Node & { callee: Place }, textOf: TextOf): boolean {
  return /^Math\.(min|max)$/.test(textOf(node.callee));
}

/** Such a call has mutants already: any value would do for a condition, and a statement is dropped. */
function isConditionOrStatement(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return true;
  if ("test" in parent && parent.test === node) return true;
  return /^(Unary|Logical|Await)Expression|ExpressionStatement$/.test(parent.type);
}

function endsEarly(body: Node): boolean {
  const last = body.type === "BlockStatement" ? body.body.at(-1) : body;
  return /^(Return|Continue|Break|Throw)Statement$/.test(last?.type ?? "");
}
