/** What must be so in the end, when nothing is wrong any more. */
import { comparePositions } from "../../lib/cluster/position.ts";
import { foldName } from "../../lib/text/names.ts";
import { marksOf } from "./marks.ts";
import { peopleOf, tipOf } from "./log-parts.ts";
import type { LogServer } from "./log-server.ts";
import type { Person, Sent } from "./person.ts";
import { checkScreen, privateMarks } from "./screen.ts";
import type { SimNode } from "./sim-node.ts";
import type { ClusterTally } from "./tally.ts";

/** Whether every node that is up has read all that there is, and only those count that are up. */
export function isCalm(nodes: readonly SimNode[], { state }: LogServer): boolean {
  const up = nodes.filter(({ phase }) => phase === "up");
  const tip = tipOf(state);
  const isUpToDate = up.every(({ journal, isInTouch, isHeld, people }) => {
    const { position } = journal;
    if (position === undefined || !isInTouch || isHeld || comparePositions(position, tip) !== 0)
      return false;
    return people.every(({ session }) => session.phase !== "claiming");
  });
  if (!isUpToDate || nodes.some(({ phase }) => phase === "stopping")) return false;
  return setsAreEqual(
    [...state.nodes.keys()],
    up.map(({ name }) => name),
  );
}

export function checkEverything(
  nodes: readonly SimNode[],
  server: LogServer,
  tally: ClusterTally,
): void {
  const up = nodes.filter(({ phase }) => phase === "up");
  if (!isCalm(nodes, server)) throw new Error(`it is never calm again: ${describe(nodes, server)}`);
  checkNames(up, server);
  for (const node of up) checkRoster(node, server);
  const counts = new Map<string, number>();
  for (const { entry } of lineage(server)) {
    for (const mark of marksOf(entry)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  for (const node of nodes) checkAnnouncements(node, counts);
  const people = nodes.flatMap((node) => node.people.map((person) => ({ node, person })));
  for (const { node, person } of people) {
    for (const sent of person.sent) checkSent(node, person, sent, counts.get(sent.mark ?? "") ?? 0);
    checkScreen(node, person);
    count(person, tally);
  }
  checkPrivate(people, tally);
}

function* lineage(server: LogServer) {
  for (let at = server.state.lineage; at !== undefined; at = at.before) yield at;
}

function describe(nodes: readonly SimNode[], { state }: LogServer): string {
  const each = nodes.map(({ name, phase, journal, isInTouch, people }) => {
    const phases = people.map(({ session }) => session.phase);
    const at = JSON.stringify(journal.position);
    return `${name} ${phase} ${at} ${isInTouch} ${phases.join(" ")}`;
  });
  return [JSON.stringify(tipOf(state)), [...state.nodes.keys()].join(" "), ...each].join("; ");
}

/** Each name has one holder, who is there; and everybody who is there has one. */
function checkNames(up: readonly SimNode[], { state }: LogServer): void {
  const people = peopleOf(state);
  const names = [...state.names].filter(([key]) => key !== "");
  if (names.length !== people.length) throw new Error("some names are nobody's, or taken twice");
  for (const { id, name } of people) {
    if (state.names.get(foldName(name)) !== id) throw new Error(`${name} is not of ${id}`);
  }
  const own = up.flatMap((node) => {
    const members = [...node.room.members].filter(({ client }) => client !== undefined);
    const chatting = node.people.filter(({ session }) => session.phase === "chatting");
    const clients = members.map(({ client }) => client as string);
    if (
      !setsAreEqual(
        clients,
        chatting.map(({ label }) => label),
      )
    ) {
      throw new Error(`${node.name} has ${clients} in its room, and talks to ${chatting.length}`);
    }
    return members.map(({ name }) => `${node.name} ${name}`);
  });
  const there = people.map(({ id, name }) => `${id.split(":", 1)[0]} ${name}`);
  if (!setsAreEqual(own, there)) throw new Error(`the log has ${there}, the nodes have ${own}`);
}

function checkRoster({ name, room }: SimNode, { state }: LogServer): void {
  const there = peopleOf(state).toSorted((one, other) => one.order - other.order);
  const wanted = there.map((person) => person.name).join(" ");
  const members = Array.from(room.members, (member) => member.name).join(" ");
  if (members !== wanted) throw new Error(`${name} has ${members}, not ${wanted}`);
  for (const member of room.members) {
    if (room.members.find(member.key) !== member)
      throw new Error(`${name} cannot find ${member.name}`);
  }
}

/** A line is in the log once, or its author was told. */
function checkSent(node: SimNode, person: Person, sent: Sent, count: number): void {
  if (sent.kind !== "talk" || count === 1) return;
  if (count > 1) throw new Error(`${sent.mark} of ${person.label} is in the log ${count} times`);
  if (node.phase === "killed" || person.isToldOfLoss(sent.screenBytes)) return;
  // Nobody was there any more to be told.
  if (person.hasLeft && (node.phase === "stopped" || node.progress.gaps > 0)) return;
  // It was in the log when its author was last there.
  if (node.phase === "stopped" && node.progress.has(sent.mark)) return;
  throw new Error(`${sent.mark} of ${person.label} is lost, and nobody was told`);
}

/** An announcement is in the log once, or who made it was told. What was said and lost later is a gap to all. */
function checkAnnouncements(node: SimNode, counts: ReadonlyMap<string, number>): void {
  for (const [mark, fate] of node.announcements) {
    const count = counts.get(mark) ?? 0;
    if (count > 1) throw new Error(`${mark} of ${node.name} was announced ${count} times`);
    if (node.phase === "killed" || fate === "lost") continue;
    // A log may lose it when the one who made it has stopped.
    const isLost = count === 0 && node.phase === "up" && node.progress.gaps === 0;
    if (isLost || fate === "open") throw new Error(`${mark} of ${node.name} is ${fate}, and lost`);
  }
}

const isAmong = (people: readonly Person[]) => {
  return ({ person }: { readonly person: Person }) => people.includes(person);
};

/** A private line is on one screen, or somebody knows that it may not be. */
function checkPrivate(
  all: readonly { readonly node: SimNode; readonly person: Person }[],
  tally: ClusterTally,
): void {
  const readers = new Map<string, Person[]>();
  for (const { person } of all) {
    for (const mark of privateMarks(person)) {
      readers.set(mark, [...(readers.get(mark) ?? []), person]);
    }
  }
  for (const { node, person } of all) {
    for (const sent of person.sent.filter(({ kind }) => kind === "private")) {
      const { mark = "", to = "", screenBytes } = sent;
      const seen = readers.get(mark) ?? [];
      // A log that has lost its last writes may show a line again to those who were told of a gap.
      const isAgain = new Set(seen).size === 1 && all.filter(isAmong(seen)).every(mayMiss);
      if (seen.length > 1 && !isAgain)
        throw new Error(`${mark} was shown to ${seen.map(({ label }) => label)}`);
      if (seen.length > 0) {
        tally.add("a private line is shown");
        continue;
      }
      const answer = person.screen.slice(screenBytes);
      if (/Nobody here is called|is not here any more|That is you/.test(answer)) {
        tally.add("an addressee has left");
        continue;
      }
      const isGone = node.phase === "killed" || person.hasLeft;
      if (isGone || node.progress.gaps > 0 || person.isToldOfLoss(screenBytes)) continue;
      if (all.filter(({ person }) => person.couldBe(to)).some(mayMiss)) continue;
      throw new Error(`${mark} to ${to} of ${person.label} was shown to nobody`);
    }
  }
}

/** Whether somebody has gone, or may not have been shown everything. */
function mayMiss({ node, person }: { readonly node: SimNode; readonly person: Person }): boolean {
  return person.hasLeft || node.phase !== "up" || node.progress.gaps > 0 || person.ignores.size > 0;
}

function count({ screen }: Person, tally: ClusterTally): void {
  const add = (fault: Parameters<ClusterTally["add"]>[0], text: string) => {
    if (screen.includes(text)) tally.add(fault);
  };
  add("a name is taken", "is taken.");
  add("a name is taken meanwhile", "was taken meanwhile");
  add("somebody waits for a name", "please wait");
  add("a line may be lost", "Your last line may be lost");
}

function setsAreEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join();
}
