/** What must be true of what people have said and seen between two quiet points. */
import type { Line, Person } from "./person.ts";

export interface Checked {
  readonly violations: string[];
  readonly said: number;
  /** Lines that somebody has not seen who was here, and that were announced as lost or missing. */
  readonly lost: number;
  readonly whispered: number;
}

/** @param people all that were here since the last check; those who are still here have seen all that will come */
export function check(people: readonly Person[]): Checked {
  const violations = people.flatMap(faultsOf);
  const lines = people.flatMap(({ said }) => said);
  const seen = new Map(people.map((person) => [person, new Set(person.screen.heard)]));
  let lost = 0;
  for (const line of lines) {
    const others = people.filter((person) => person !== line.author && wasHere(person, line));
    const missing = others.filter((person) => !seen.get(person)?.has(line.key));
    if (missing.length > 0) lost++;
    const violation = judge(line, others, missing);
    if (violation !== undefined) violations.push(violation);
  }
  violations.push(...checkNames(people), ...checkWhispers(people));
  const cycle = findCycle(people.map(({ screen }) => screen.heard));
  if (cycle !== undefined) violations.push(`no order agrees with all screens: ${cycle}`);
  const whispered = people.reduce((count, person) => count + person.whispered.length, 0);
  return { violations, said: lines.length, lost, whispered };
}

function faultsOf(person: Person): string[] {
  const faults = person.screen.faults.map((fault) => `${describe(person)} ${fault}`);
  if (person.wasThrownOut) faults.push(`${describe(person)} was disconnected`);
  if (person.phase === "here" && person.screen.isOutOfTouch) {
    faults.push(`${describe(person)} was never told that the servers are in touch again`);
  }
  return faults;
}

function wasHere(person: Person, { saidMs }: Line): boolean {
  return person.phase === "here" && person.hereMs < saidMs;
}

/** A line may be missing where that is said. Otherwise all have it, or nobody has and its author knows. */
function judge(
  line: Line,
  others: readonly Person[],
  missing: readonly Person[],
): string | undefined {
  const isTold = (person: Person) => person.screen.count("lines missing") > 0;
  const strict = others.filter((person) => !isTold(person));
  const silent = missing.filter((person) => !isTold(person));
  if (silent.length === 0) return undefined;
  const { author, key, saidMs } = line;
  if (silent.length < strict.length) {
    const has = strict.filter((person) => !silent.includes(person));
    return `${key} of ${describe(author)} was seen by ${describe(has[0])} and not by ${describe(silent[0])}`;
  }
  const isWarned = author.screen.notices.some(({ notice, atMs }) => {
    return notice === "line lost" && atMs > saidMs;
  });
  // Whoever has gone cannot be told.
  if (isWarned || author.phase === "gone") return undefined;
  return `${key} of ${describe(author)} was lost in silence`;
}

/** A line is under the same name on all screens. */
function checkNames(people: readonly Person[]): string[] {
  const names = new Map<string, string>();
  const violations: string[] = [];
  for (const { screen } of people) {
    for (const [key, name] of screen.names) {
      const other = names.get(key) ?? name;
      names.set(key, other);
      if (other !== name) violations.push(`${key} was said by ${name} and by ${other}`);
    }
  }
  return violations;
}

function checkWhispers(people: readonly Person[]): string[] {
  const receivers = new Map<string, Person[]>();
  for (const person of people) {
    for (const key of person.screen.whispers) {
      receivers.set(key, [...(receivers.get(key) ?? []), person]);
    }
  }
  const violations: string[] = [];
  for (const [key, all] of receivers) {
    if (all.length > 1) violations.push(`the private line ${key} came to ${all.map(describe)}`);
  }
  // Somebody who has gone may have been its receiver.
  const mayBeLost = people.some(({ phase, screen }) => {
    return phase === "gone" || screen.count("lines missing") > 0;
  });
  for (const person of people) {
    const { confirmed } = person.screen;
    if (new Set(confirmed).size < confirmed.length) {
      violations.push(`a private line of ${describe(person)} was confirmed twice`);
    }
    for (const key of confirmed) {
      if (!receivers.has(key) && !mayBeLost) violations.push(`the private line ${key} was lost`);
    }
  }
  return violations;
}

/** Where there is no order of all that agrees with each: some that contradict each other. */
function findCycle(orders: readonly (readonly string[])[]): string | undefined {
  const next = new Map<string, Set<string>>();
  const before = new Map<string, number>();
  for (const order of orders) {
    for (const [at, key] of order.entries()) {
      if (!before.has(key)) before.set(key, 0);
      const follower = order[at + 1];
      const followers = next.get(key) ?? new Set();
      next.set(key, followers);
      if (follower === undefined || followers.has(follower)) continue;
      followers.add(follower);
      before.set(follower, (before.get(follower) ?? 0) + 1);
    }
  }
  const free = [...before].filter(([, count]) => count === 0).map(([key]) => key);
  for (let key = free.pop(); key !== undefined; key = free.pop()) {
    before.delete(key);
    for (const follower of next.get(key) ?? []) {
      const count = (before.get(follower) ?? 0) - 1;
      before.set(follower, count);
      if (count === 0) free.push(follower);
    }
  }
  return before.size === 0 ? undefined : [...before.keys()].slice(0, 8).join(" ");
}

export function describe(person: Person | undefined): string {
  if (person === undefined) return "nobody";
  return `${person.name} (${person.id}, on ${person.natter.label})`;
}
