/** What the commands do, for the model. */
import { COMMANDS } from "../../lib/conversation/commands.ts";
import { acted, ANSWERS, privateFrom, privateTo } from "../../lib/text/messages.ts";
import type { Model } from "./model.ts";
import type { Person } from "./person.ts";
import type { Command, Name } from "./vocabulary.ts";

/** One for each command, among them `/help` and `/editor`, and one for two slashes. */
const HELP_LINES = Object.keys(COMMANDS).length + 3;

/** All but a change of name, which is the model's own. */
export function obey(
  model: Model,
  person: Person,
  command: Exclude<Command, { readonly word: "nick" }>,
  nowMs: number,
): void {
  switch (command.word) {
    case "help":
      return person.told(...Array.from({ length: HELP_LINES }, () => /^\*\*\* \/\S.*\n$/));
    case "help of one":
      return person.told(/^\*\*\* \/msg NAME text .*\n$/);
    case "who":
      return who(model, person, nowMs);
    case "quit":
      return;
    case "unknown":
      return person.told(/^\*\*\* There is no command \/\S+\. .*\n$/);
    case "explain":
      return person.told(ANSWERS.usage(command.usage));
    case "nick badly":
      return person.told(/^\*\*\* Names .*\n$/);
    case "me":
      if (model.refuses(person, command.text)) return;
      return model.say(person, acted(person.name, command.text), nowMs);
    case "msg":
      return withOther(model, person, command.name, (other) => {
        whisper(model, person, other, command.text);
      });
    case "reply":
      return reply(model, person, command.text);
    case "ignore":
      return withOther(model, person, command.name, (other) => hide(person, other));
    case "ignored":
      return listHidden(person);
    case "unignore":
      return unhide(person, command.name);
    default:
      command satisfies never;
  }
}

function who(model: Model, person: Person, nowMs: number): void {
  person.told(ANSWERS.people(model.members.size));
  for (const { name, spokeAtMs } of model.members) {
    person.told(ANSWERS.person(name, Math.floor((nowMs - spokeAtMs) / 60_000)));
  }
}

function withOther(
  model: Model,
  person: Person,
  { key }: Name,
  act: (other: Person) => void,
): void {
  const other = model.holderOf(key);
  if (other === undefined) person.told(/^\*\*\* Nobody here is called .*\n$/);
  else if (other === person) person.told(ANSWERS.notToYourself);
  else act(other);
}

function whisper(model: Model, person: Person, other: Person, text: string): void {
  if (model.refuses(person, text)) return;
  if (other.hides(person)) {
    model.tally.add("a private line is hidden");
  } else {
    other.writer = person;
    other.told(privateFrom(person.name, text));
  }
  person.told(privateTo(other.name, text));
}

function reply(model: Model, person: Person, text: string): void {
  const { writer } = person;
  if (writer === undefined) person.told(ANSWERS.nobodyToReplyTo);
  else if (!model.members.has(writer)) person.told(ANSWERS.hasLeft(writer.name));
  else whisper(model, person, writer, text);
}

function hide(person: Person, other: Person): void {
  if (!person.hides(other)) {
    person.hidden.push({ person: other, name: other.name, keys: [other.key] });
  }
  person.told(ANSWERS.ignoring(other.name));
}

function listHidden(person: Person): void {
  const names = person.hidden.map(({ name }) => name);
  person.told(names.length > 0 ? ANSWERS.ignored(names) : ANSWERS.ignoringNobody);
}

function unhide(person: Person, { key }: Name): void {
  const entry = person.hidden.find(({ keys }) => keys.at(-1) === key);
  if (entry === undefined) return person.told(/^\*\*\* You do not ignore .*\n$/);
  person.hidden = person.hidden.filter((each) => each !== entry);
  person.told(ANSWERS.noLongerIgnoring(entry.name));
}
