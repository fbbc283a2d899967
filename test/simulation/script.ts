/** What happens in one simulation, as data: it can be made at random, made shorter, and kept. */
import fc from "fast-check";
import { ADDRESSES, SETTINGS, UNPACED_COUNT } from "./settings.ts";
import { NAMES, PHRASES, type PhraseName } from "./vocabulary.ts";
import type { Departure } from "./sim-socket.ts";

/** Which client, of those who are connected, members first: this modulo their number. */
type Who = number;

export interface Typed {
  readonly phrase: PhraseName;
  /** Index into NAMES. */
  readonly name: number;
}

export const KNOCKS = {
  "HTTP request": "GET / HTTP/1.1\r\n",
  "SSH client": "SSH-2.0-OpenSSH_9.6\r\n",
  "TLS handshake": "\x16\x03\x01\x02\x00",
} as const;

export type Action =
  /** Somebody connects, and gives the name at once if there is one. */
  | { readonly do: "connect"; readonly from: number; readonly name: number | null }
  /** So many connect at once, and say nothing. */
  | { readonly do: "storm"; readonly from: number; readonly count: number }
  | { readonly do: "knock"; readonly as: keyof typeof KNOCKS }
  /** Lines are typed, and arrive in pieces that end at these places. */
  | {
      readonly do: "type";
      readonly who: Who;
      readonly lines: readonly Typed[];
      readonly cuts: readonly number[];
    }
  /** The beginning of a line; the rest comes before whatever is sent next. */
  | { readonly do: "begin"; readonly who: Who; readonly line: Typed; readonly cut: number }
  | {
      readonly do: "telnet";
      readonly who: Who;
      readonly verb: "DO" | "WILL";
      readonly option: number;
    }
  /** Reads so many bytes more, and then stops; 0 = stops now, -1 = reads all again. */
  | { readonly do: "read"; readonly who: Who; readonly bytes: number; readonly isLate: boolean }
  /** The system reports space where there may be none. */
  | { readonly do: "drain"; readonly who: Who }
  /** After all that was typed; a last line may lack its end. */
  | { readonly do: "depart"; readonly who: Who; readonly how: Departure; readonly isWhole: boolean }
  /** Stays when the server has said goodbye. */
  | { readonly do: "linger"; readonly who: Who }
  | { readonly do: "turn" }
  | { readonly do: "wait"; readonly ms: number }
  /** The process is stopped for so long, and goes on. */
  | { readonly do: "leap"; readonly ms: number }
  | { readonly do: "stop" };

export interface Script {
  /** Index into SETTINGS. */
  readonly settings: number;
  /** What a write takes of the time. */
  readonly writeMs: number;
  /** What a line takes of the time, where that is not given: nothing. */
  readonly lineMs?: number;
  /** Whether what has arrived comes as one chunk, or in the pieces that were sent. */
  readonly joinsChunks: boolean;
  readonly actions: readonly Action[];
}

const who: fc.Arbitrary<Who> = fc.oneof(fc.nat(3), fc.nat(12));
const name = fc.oneof(fc.nat(4), fc.nat(NAMES.length - 1));
const from = fc.oneof(fc.constant(0), fc.nat(ADDRESSES.length - 1));
const maybeName: fc.Arbitrary<number | null> = fc.option(name, { freq: 6, nil: null });

const OPENING_MAX = 8;

const CHATTER: PhraseName[] = ["words", "full", "wide"];
const SOCIAL: PhraseName[] = ["name", "msg", "reply", "nick", "ignore", "unignore", "ignored"];
const ANY = Object.keys(PHRASES) as PhraseName[];

const READS = [0, 1, 7, 60, 700, 5_000, -1];
const WAITS_MS = [1, 40, 40, 100, 100, 600, 600, 2_500, 2_500, 9_000, 25_000, 61_000, 130_000];
/** Shorter ones cannot be told from timers that are a little late. */
const LEAPS_MS = WAITS_MS.filter((ms) => ms >= 40);

const DEPARTURES: Departure[] = ["half-close", "close", "reset", "reset that loses input"];

function typed(phrases: PhraseName[]): fc.Arbitrary<Typed> {
  return fc.record({ phrase: fc.constantFrom(...phrases), name });
}

function type(phrases: PhraseName[], linesMax: number): fc.Arbitrary<Action> {
  return record("type", {
    who,
    lines: fc.array(typed(phrases), { minLength: 1, maxLength: linesMax, size: "max" }),
    cuts: fc.array(fc.nat(200), { maxLength: 3 }),
  });
}

function read(bytes: readonly number[]): fc.Arbitrary<Action> {
  return record("read", { who, bytes: fc.constantFrom(...bytes), isLate: fc.boolean() });
}

const connect = record("connect", { from, name: maybeName });

/** Some connect; often all with names of their own. */
const opening = fc
  .record({
    connects: fc.array(record("connect", { from, name: maybeName }), {
      minLength: 1,
      maxLength: OPENING_MAX,
      size: "max",
    }),
    isDistinct: fc.boolean(),
  })
  .map(({ connects, isDistinct }) =>
    connects.map((connect, index): Action => {
      return isDistinct ? { ...connect, name: index, from: 0 } : connect;
    }),
  );
const depart = record("depart", {
  who,
  how: fc.constantFrom(...DEPARTURES),
  isWhole: fc.boolean(),
});
const turn = record("turn", {});
const wait = record("wait", { ms: fc.constantFrom(...WAITS_MS) });
const blink = record("wait", { ms: fc.constantFrom(1, 40) });

/** What any script has a little of. */
const anything: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: connect },
  {
    weight: 1,
    arbitrary: record("storm", { from, count: fc.nat(30) }),
  },
  {
    weight: 1,
    arbitrary: record("knock", {
      as: fc.constantFrom(...(Object.keys(KNOCKS) as (keyof typeof KNOCKS)[])),
    }),
  },
  { weight: 8, arbitrary: type(ANY, 8) },
  { weight: 4, arbitrary: record("begin", { who, line: typed(ANY), cut: fc.nat(40) }) },
  {
    weight: 2,
    arbitrary: record("telnet", { who, verb: fc.constantFrom("DO", "WILL"), option: fc.nat(255) }),
  },
  { weight: 6, arbitrary: read(READS) },
  { weight: 2, arbitrary: record("drain", { who }) },
  { weight: 5, arbitrary: depart },
  { weight: 2, arbitrary: record("linger", { who }) },
  { weight: 4, arbitrary: turn },
  { weight: 4, arbitrary: wait },
  { weight: 1, arbitrary: record("leap", { ms: fc.constantFrom(...LEAPS_MS) }) },
);

/** What it has a lot of: the states that matter lie deep, and no mixture of everything gets there. */
const THEMES: readonly fc.Arbitrary<Action>[] = [
  anything,
  fc.oneof(type(CHATTER, 30), type(CHATTER, 8), read([0, 0, 0, 1, 60, 700]), blink, turn),
  fc.oneof(type(SOCIAL, 6), type(ANY, 3), connect, depart, turn, blink),
  fc.oneof(connect, type(ANY, 3), depart, depart, wait, turn, read([0, -1])),
];

function record<What extends Action["do"], Rest>(
  what: What,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.Arbitrary<{ do: What } & Rest> {
  return fc.record({ do: fc.constant(what), ...rest }) as unknown as fc.Arbitrary<
    { do: What } & Rest
  >;
}

const ACTIONS_MAX = 100;
const LAST_MAX = 10;

/** Any script: some connect, then all sorts of things happen, and perhaps the server stops. */
export const scripts: fc.Arbitrary<Script> = fc
  .record({
    settings: fc.integer({ min: 0, max: SETTINGS.length - 1 }),
    writeMs: fc.constantFrom(0, 0, 0.5, 5),
    lineMs: fc.constantFrom(0, 0, 0.3, 5),
    joinsChunks: fc.boolean(),
    opening,
    rest: fc.oneof(
      ...THEMES.map((theme) => actions(fc.oneof(theme, theme, anything), ACTIONS_MAX)),
    ),
    stop: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: actions(anything, LAST_MAX) },
    ),
  })
  .map(({ opening, rest, stop, ...script }) => {
    const end: readonly Action[] = stop ? [{ do: "stop" }, ...stop] : [];
    return { ...script, actions: [...opening, ...rest, ...end] };
  });

function actions(action: fc.Arbitrary<Action>, maxLength: number): fc.Arbitrary<Action[]> {
  return fc.array(action, { maxLength, size: "max" });
}

/**
 * What a script does that no real client can be made to do, or not so that it is the same each time:
 * an answer to Telnet's commands overtakes lines that arrived in the same chunk.
 */
const SIMULATED_ONLY: readonly Action["do"][] = ["read", "drain", "linger", "telnet", "leap"];

/** Scripts for real sockets: all on one machine, of clients that read what they are sent. */
export const loopbackScripts: fc.Arbitrary<Script> = scripts.map(({ settings, actions }) => ({
  settings: settings % UNPACED_COUNT,
  writeMs: 0,
  lineMs: 0,
  joinsChunks: true,
  actions: actions.filter((action) => !SIMULATED_ONLY.includes(action.do)).map(onLoopback),
}));

function onLoopback(action: Action): Action {
  if ("from" in action) return { ...action, from: 0 };
  if (action.do !== "depart") return action;
  return { ...action, how: action.how === "half-close" ? "half-close" : "reset" };
}
