/**
 * What can be done to one node of a syntax tree. The rules are few on purpose, because each change should make some
 * test fail. No two rules make the same change. These rules do not know whether the types allow a change. `bun check`
 * tells later.
 */
import type { Expression, File } from "@babel/parser";

export type Node = Expression | File["program"]["body"][number];
/** A part of the source. By Babel's types a node may have none, but parsed nodes always do. */
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
  /** A statement, or a guard that returns early, is gone. */
  drop(node) {
    const isStatement =
      node.type === "ExpressionStatement" && node.expression.type !== "TSSatisfiesExpression";
    const isGuard =
      node.type === "IfStatement" && !node.alternate && endsEarly(node.consequent as Node);
    return isStatement || isGuard ? [[node, ";"]] : [];
  },

  /** A condition is negated. */
  negate(node, textOf) {
    if (node.type === "BooleanLiteral") return [[node, `${!node.value}`]];
    const test = "test" in node ? (node.test as Node | null) : null;
    if (!test || test.type === "LogicalExpression" || withOperator(test, CONTRARIES, textOf)[0]) {
      return withOperator(node, CONTRARIES, textOf);
    }
    const isNot = test.type === "UnaryExpression" && test.operator === "!";
    return [[test, isNot ? textOf(test.argument) : `!${asOperand(test, textOf)}`]];
  },

  /** One operand of `a && b`, `a || b` or `a ?? b` is all that stays. */
  operand(node, textOf) {
    if (node.type !== "LogicalExpression") return [];
    return [node.left, node.right].map((side) => {
      const isLoose = /^(Logical|Conditional|Assignment|Arrow)/.test(side.type);
      return [node, isLoose ? `(${textOf(side)})` : textOf(side)];
    });
  },

  /** A bound moves by one: in one direction by its operator, in the other by its number. */
  bound(node, textOf) {
    if (node.type !== "BinaryExpression") return [];
    const changes = withOperator(node, BOUNDS, textOf);
    if (node.right.type !== "NumericLiteral" || !/[=<>]/.test(node.operator)) return changes;
    const step = node.operator === "<" || node.operator === ">=" ? -1 : 1;
    return [...changes, [node.right, `${node.right.value + step}`]];
  },

  /** Plus becomes minus, times becomes divided by, and the other way round. */
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

  /** A call is replaced by its only argument, or by the object of its method. */
  unwrap(node, textOf, parent) {
    if (!isCall(node) || isConditionOrStatement(node, parent)) return [];
    const isMath = textOf(node.callee).startsWith("Math.");
    const inner: Node[] = [];
    if (node.arguments.length === 1 || isMath) inner.push(...(node.arguments as Node[]));
    if (node.callee.type === "MemberExpression" && !isMath) inner.push(node.callee.object as Node);
    return inner.map((each) => [node, asOperand(each, textOf)]);
  },
};

/** Replaces an operator of two operands by the one that the table has for it, if any. */
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

/** In parentheses, unless it needs none anywhere. */
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

/** Whether a call has other mutants already: as a condition it is negated, and as a statement it is dropped. */
function isConditionOrStatement(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return true;
  if ("test" in parent && parent.test === node) return true;
  return /^(Unary|Logical|Await)Expression|ExpressionStatement$/.test(parent.type);
}

function endsEarly(body: Node): boolean {
  const last = body.type === "BlockStatement" ? body.body.at(-1) : body;
  return /^(Return|Continue|Break|Throw)Statement$/.test(last?.type ?? "");
}
