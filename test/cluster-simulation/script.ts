/** What happens in one simulation, as data: it can be made at random, made shorter, and kept. */
import fc from "fast-check";
import { JUNK, type Junk } from "./log-server.ts";
import { KEYS, type Key } from "./log-state.ts";
import { REQUESTS, type Disturbance } from "./wire.ts";

/** Names that people want. Some are the same, and one is what somebody gets who loses its name. */
export const NAMES = ["Ann", "Bob", "Cid", "bob", "Dee", "Bob-2"] as const;

/** `node` and `who` count those that are up, and those who are here: this modulo their number. */
export type Action =
  | { readonly do: "connect"; readonly node: number; readonly name: number }
  | { readonly do: "say" | "act" | "paste"; readonly who: number; readonly lines: number }
  | { readonly do: "msg" | "nick" | "ignore"; readonly who: number; readonly name: number }
  | { readonly do: "quit"; readonly who: number }
  | { readonly do: "drop"; readonly who: number }
  | { readonly do: "kick"; readonly node: number; readonly name: number }
  | { readonly do: "announce"; readonly node: number }
  | { readonly do: "wait"; readonly ms: number }
  | ({ readonly do: "disturb"; readonly node: number } & Disturbance)
  | { readonly do: "stall log" | "be away"; readonly ms: number }
  | { readonly do: "stall node"; readonly node: number; readonly ms: number }
  | { readonly do: "wipe"; readonly key: Key }
  | { readonly do: "wipe all" }
  | { readonly do: "restart" }
  | { readonly do: "start" }
  | { readonly do: "fail over"; readonly lost: number }
  | { readonly do: "trim"; readonly kept: number }
  | { readonly do: "put"; readonly node: number; readonly junk: Junk }
  | { readonly do: "kill" | "stop"; readonly node: number };

export interface Script {
  /** Of how long each message is on its way, and of what else is left open. */
  readonly seed: number;
  readonly nodes: number;
  readonly leaseMs: number;
  readonly history: number;
  /** For how long every room is busy after what it appends, in milliseconds; scripts from before have none. */
  readonly busyMs?: number;
  readonly actions: readonly Action[];
}

const WAITS_MS = [1, 2, 5, 20, 100, 700, 1_600, 2_500, 6_000];
const STALLS_MS = [50, 600, 1_600, 2_600, 4_500, 9_000];

const node = fc.nat(3);
const who = fc.nat(11);
const name = fc.nat(NAMES.length - 1);

function record<What extends Action["do"], Rest>(
  what: What,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.Arbitrary<Action> {
  return fc.record({ do: fc.constant(what), ...rest }) as unknown as fc.Arbitrary<Action>;
}

const connect = record("connect", { node, name });
/** `name` counts those who are here, whose name is used. */
const msg = record("msg", { who, name: fc.nat(11) });
const say = record("say", { who, lines: fc.integer({ min: 1, max: 4 }) });
const wait = record("wait", { ms: fc.constantFrom(...WAITS_MS) });
/** More than one turn takes, or so much that everybody is held. */
const paste = record("paste", { who, lines: fc.constantFrom(15, 60) });
const blink = record("wait", { ms: fc.constantFrom(1, 2, 5, 20) });
const ms = fc.constantFrom(...STALLS_MS);

const social = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.oneof({ weight: 3, arbitrary: say }, { weight: 1, arbitrary: paste }),
  },
  { weight: 3, arbitrary: connect },
  { weight: 8, arbitrary: say },
  { weight: 1, arbitrary: record("act", { who, lines: fc.constant(1) }) },
  { weight: 4, arbitrary: msg },
  { weight: 3, arbitrary: record("nick", { who, name }) },
  { weight: 1, arbitrary: record("ignore", { who, name }) },
  { weight: 1, arbitrary: record("quit", { who }) },
  { weight: 1, arbitrary: record("drop", { who }) },
  { weight: 1, arbitrary: record("kick", { node, name }) },
  { weight: 1, arbitrary: record("announce", { node }) },
);

const disturb = record("disturb", {
  node,
  on: fc.constantFrom(...REQUESTS, "append" as const, "any" as const),
  what: fc.constantFrom("a request is lost", "a reply is lost", "a request is done late"),
  fails: fc.boolean(),
  lateMs: fc.constantFrom(20, 300, 2_100, 2_600, 7_000),
});
const stallNode = record("stall node", { node, ms });
const kill = record("kill", { node });
const start = record("start", {});
const restart = record("restart", {});
const failOver = record("fail over", { lost: fc.nat(5) });
const wipe = record("wipe", { key: fc.constantFrom(...KEYS) });

const faults = fc.oneof(
  { weight: 6, arbitrary: disturb },
  { weight: 2, arbitrary: record("stall log", { ms }) },
  { weight: 2, arbitrary: record("be away", { ms }) },
  { weight: 3, arbitrary: stallNode },
  { weight: 2, arbitrary: wipe },
  { weight: 1, arbitrary: record("wipe all", {}) },
  { weight: 1, arbitrary: restart },
  { weight: 2, arbitrary: failOver },
  { weight: 1, arbitrary: record("trim", { kept: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: record("put", { node, junk: fc.constantFrom(...JUNK) }) },
  { weight: 2, arbitrary: kill },
  { weight: 1, arbitrary: record("stop", { node }) },
  { weight: 2, arbitrary: start },
);

/** What a script has a lot of: faults of one kind that meet each other, or a bit of everything. */
const THEMES: readonly fc.Arbitrary<Action>[] = [
  faults,
  disturb,
  fc.oneof(stallNode, kill, start),
  fc.oneof(failOver, failOver, restart, stallNode),
  fc.oneof(wipe, disturb),
];

const ACTIONS_MAX = 45;

export const scripts: fc.Arbitrary<Script> = fc
  .record({
    seed: fc.nat(1_000_000),
    nodes: fc.integer({ min: 2, max: 4 }),
    leaseMs: fc.constantFrom(2_000, 5_000),
    history: fc.constantFrom(0, 0, 4),
    busyMs: fc.constantFrom(0, 0, 0, 1, 5, 50),
    opening: fc.array(connect, { minLength: 1, maxLength: 6 }),
    rest: fc.oneof(
      ...THEMES.map((theme) => {
        const action = fc.oneof(social, social, theme, wait, blink);
        return fc.array(action, { maxLength: ACTIONS_MAX, size: "max" });
      }),
    ),
  })
  .map(({ opening, rest, ...script }) => ({ ...script, actions: [...opening, ...rest] }));
