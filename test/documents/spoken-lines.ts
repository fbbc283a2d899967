/**
 * Every line that messages.ts can make. A message with parameters is tried with each sample for each parameter.
 * The samples are found by the parameter's name, so a new message is tried without being named here.
 */
import * as messages from "../../lib/text/messages.ts";
import type { NameFlaw } from "../../lib/text/names.ts";

/** The compiler checks that every flaw is here. */
const FLAWS: Record<NameFlaw, true> = {
  spaces: true,
  characters: true,
  start: true,
  length: true,
  marks: true,
  scripts: true,
  reserved: true,
};

const NAMES = ["Bob", "Zo\u00eb.2"];
const COUNTS = [1, 2];
const TIMES_MS = [0.5, 1_000, 30_000, 60_000, 90_500, 300_000];

/** Samples for a parameter, by its name. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  name: NAMES,
  from: NAMES,
  to: NAMES,
  names: [["Bob"], NAMES],
  text: ["hi", "hi\tyou"],
  said: [["Bob: hi\n"], ["Bob: hi\n", "* Bob waves\n"]],
  reason: ["", "spam"],
  refusal: [messages.nameTaken("Bob"), messages.lineTooLong(10)],
  flaw: Object.keys(FLAWS),
  suggestion: [undefined, "Bob"],
  meant: [undefined, "Bob"],
  word: ["/", "/x"],
  words: [["Bob"], ["/me", "/msg"]],
  isOn: [false, true],
  usage: ["/me text"],
  about: ["say what you do"],
  count: COUNTS,
  max: COUNTS,
  charactersMax: COUNTS,
  limitBytes: COUNTS,
  silentMinutes: [0, ...COUNTS],
  others: [0, ...COUNTS],
  leftMs: TIMES_MS,
};

/** Only the operator is told this one. */
const { linesNotShown: _, ...TOLD } = messages;

/** @throws {Error} a message has a parameter that has no sample */
export function spokenLines(): string[] {
  return textsOf(TOLD).flatMap((text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

function textsOf(message: unknown): string[] {
  if (typeof message === "string") return [message];
  if (typeof message === "function") return saidBy(message as (...given: unknown[]) => string);
  return Object.values(message as object).flatMap(textsOf);
}

function saidBy(message: (...given: unknown[]) => string): string[] {
  const [, parameters = ""] = /\(([^)]*)\)/.exec(message.toString()) ?? [];
  let choices: unknown[][] = [[]];
  for (const name of parameters.split(",").map((each) => each.trim())) {
    const samples = SAMPLES[name];
    if (samples === undefined) throw new Error(`no sample of ${name}, which ${message} takes`);
    choices = choices.flatMap((given) => samples.map((sample) => [...given, sample]));
  }
  return choices.map((given) => message(...given));
}
