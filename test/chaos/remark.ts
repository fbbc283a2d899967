/** What people here say: numbers, by which a line that is lost, doubled or out of order is noticed. */

/** A line to everybody, or to one person. */
export interface Remark {
  /** The number of its author's stay. */
  readonly author: number;
  /** Grows with each line of the author. */
  readonly number: number;
}

export const formatRemark = ({ author, number }: Remark): string => `~${author}.${number}~`;

export const formatWhisper = ({ author, number }: Remark): string => `@${author}.${number}@`;

/** Reads a line from somebody's screen: who has said it by name, and what. */
export function parseSaid(line: string): { name: string; remark: Remark; key: string } | undefined {
  const [, name = "", key = "", author, number] = /^(\S+): (~(\d+)\.(\d+)~)$/.exec(line) ?? [];
  if (key === "") return undefined;
  return { name, key, remark: { author: Number(author), number: Number(number) } };
}

/** Reads a private line, as its sender or its receiver sees it. */
export function parseWhisper(line: string): { isSender: boolean; key: string } | undefined {
  const [, way, key = ""] = /^\[private (from|to) \S+\] (@\d+\.\d+@)$/.exec(line) ?? [];
  return key === "" ? undefined : { isSender: way === "to", key };
}
