import type { Person, Typed } from "./person.ts";
import { NAMES, type Action } from "./script.ts";

type Typing = Exclude<Extract<Action, { who: number }>, { do: "drop" }>;

/** What makes a line long. */
const LONG = ` ${"x".repeat(20_000)}`;

/**
 * What somebody types.
 *
 * @param to whom it is for, if it is private
 * @param mark makes a word that no other line has
 */
export function linesOf(action: Typing, person: Person, to: string, mark: () => string): Typed[] {
  switch (action.do) {
    case "say":
    case "act": {
      const before = action.do === "act" ? "/me " : "";
      return Array.from({ length: action.lines }, () => talk(mark(), before));
    }
    case "paste":
      return Array.from({ length: action.lines }, () => talk(mark(), "", LONG));
    case "msg": {
      const word = mark();
      return [{ kind: "private", text: `/msg ${to} ${word}`, mark: word, to }];
    }
    case "nick": {
      const name = nameOf(action.name);
      person.names.add(name);
      return [{ kind: "other", text: `/nick ${name}` }];
    }
    case "ignore":
      person.ignores.add(to);
      return [{ kind: "other", text: `/ignore ${to}` }];
    case "quit":
      return [{ kind: "other", text: "/quit" }];
    default:
      return action satisfies never;
  }
}

export function talk(mark: string, before = "", after = ""): Typed {
  return { kind: "talk", text: before + mark + after, mark };
}

export function giveName(name: number): Typed {
  return { kind: "name", text: nameOf(name) };
}

export function nameOf(name: number): string {
  return NAMES[name % NAMES.length] as string;
}
