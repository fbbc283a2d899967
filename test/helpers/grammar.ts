/** The grammar in docs/protocol.md, as something that a line can be held against. */

const document = await Bun.file(`${import.meta.dir}/../../docs/protocol.md`).text();
const [, abnf = ""] = /```abnf\n(.*?)```/s.exec(document) ?? [];

/** Each rule's right side, by its name. */
const RULES = new Map(
  abnf
    .split(/\n(?=[A-Za-z])/)
    .filter((rule) => rule.trim() !== "")
    .map((rule) => /^([A-Za-z-]+)\s+=\s+(.*)$/s.exec(rule.trim()) as RegExpExecArray)
    .map(([, name, right]) => [name as string, right as string]),
);

/** ABNF's tokens: strings, ranges, repetitions, groups, and names of rules. */
const TOKEN =
  /%s"([^"]*)"|"([^"]*)"|%x([0-9A-F]+)(?:-([0-9A-F]+))?|(\d*\*\d*)|([()[\]/])|([A-Za-z-]+)/g;

/** A pattern for the rule: the only part of ABNF that is missing is what the grammar does not use. */
function pattern(rule: string): string {
  const right = RULES.get(rule);
  if (right === undefined) throw new Error(`docs/protocol.md has no rule ${rule}`);
  let result = "";
  let repeat = "";
  const add = (part: string) => {
    result += part + repeat;
    repeat = "";
  };
  /** The repetition of each open group, which stands before it in ABNF and after it here. */
  const groups: string[] = [];
  for (const [, exact, loose, from, to = from, times, sign, name] of right.matchAll(TOKEN)) {
    const text = exact ?? loose;
    if (text !== undefined) add(`(?:${RegExp.escape(text)})`);
    else if (from !== undefined) add(`[\\u{${from}}-\\u{${to}}]`);
    else if (times !== undefined) repeat = times.startsWith("1") ? "+" : "*";
    else if (name !== undefined) add(`(?:${pattern(name)})`);
    else if (sign === "/") result += "|";
    else if (sign === "(" || sign === "[") {
      groups.push(sign === "[" ? "?" : repeat);
      repeat = "";
      result += "(?:";
    } else result += `)${groups.pop()}`;
  }
  // A choice of ranges is one class: for a long line that makes all the difference.
  return result.replace(/\(\?:(\[[^\]]+\](?:\|\[[^\]]+\])+)\)/g, (_, ranges: string) => {
    return `[${ranges.replaceAll(/\]\|\[|[[\]]/g, "")}]`;
  });
}

const LINE = new RegExp(`^(?:${pattern("line")})$`, "u");

/** What may never reach a terminal: control characters but the tab and the line's end, and directions. */
export const UNSAFE = /[^\P{Cc}\t\n]|[\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Telnet's answers: IAC, DONT or WONT, and an option. */
const TELNET = /\xff[\xfe\xfc][^]/g;

/** Holds what one client is sent against the grammar. What is not a whole line yet waits. */
export class GrammarCheck {
  #rest = "";

  /**
   * A line that the grammar does not have fails the test run. It is not thrown here, where the code
   * under test might catch it.
   */
  push(bytes: Uint8Array): void {
    const received = this.#rest + Buffer.from(bytes).toString("latin1");
    const end = received.lastIndexOf("\n") + 1;
    this.#rest = received.slice(end);
    for (const [line] of received
      .slice(0, end)
      .replace(TELNET, "")
      .matchAll(/[^\n]*\n/g)) {
      const text = Buffer.from(line, "latin1").toString();
      if (!isLine(text)) complain(`docs/protocol.md has no line ${JSON.stringify(text)}`);
    }
  }
}

export function isLine(text: string): boolean {
  return LINE.test(text);
}

function complain(message: string): void {
  queueMicrotask(() => {
    throw new Error(message);
  });
}
