import { describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../../lib/events.ts";
import { Tally } from "../../../lib/operator/tally.ts";

const client = "192.0.2.1:1";
const name = "Ann";

/** What each event counts as. Those with nothing beside them are told by other metrics, or not at all. */
const TABLE: [event: ChatEvent, counted: object][] = [
  [{ type: "connected", client }, { connected: 1 }],
  [{ type: "joined", client, name }, { joined: 1 }],
  [{ type: "said", client, name, text: "hi" }, { said: 1 }],
  [{ type: "acted", client, name, text: "waves" }, { said: 1 }],
  [{ type: "renamed", client, from: name, to: "Ben" }, { renamed: 1 }],
  [{ type: "line read", client }, { linesRead: 1 }],
  [{ type: "warned", client, leftMs: 1 }, {}],
  [{ type: "leaving", client, reason: "quit" }, {}],
  [{ type: "left", client, name, reason: "quit" }, { left: new Map([["quit", 1]]) }],
  [
    { type: "disconnected", client, reason: "too slow" },
    { disconnected: new Map([["too slow", 1]]) },
  ],
  [{ type: "refused", client, reason: "SSH client" }, { refused: new Map([["SSH client", 1]]) }],
  [{ type: "lines skipped", client, count: 7 }, { linesSkipped: 7 }],
  [{ type: "hold begun", client }, { holds: 1 }],
  [{ type: "hold ended", client }, {}],
  [{ type: "reader left behind", client }, { leftBehind: 1 }],
  [{ type: "rate-limited", client, delayMs: 1 }, {}],
  [{ type: "queues cut", bytes: 1 }, { queuesCut: 1 }],
  [{ type: "failed", client, error: undefined }, { failed: 1 }],
  [{ type: "lost touch" }, { lostTouch: 1 }],
  [{ type: "in touch" }, {}],
  [{ type: "lines missing" }, { linesMissing: 1 }],
  [{ type: "entry unreadable" }, {}],
];

/** All that is not 0. */
function counted(tally: Tally): object {
  const counts: Record<string, unknown> = {};
  for (const [key, count] of Object.entries(tally)) {
    if (typeof count === "number" && count > 0) counts[key] = count;
    if (!(count instanceof Map)) continue;
    const some = [...(count as Map<string, number>)].filter(([, times]) => times > 0);
    if (some.length > 0) counts[key] = new Map(some);
  }
  return counts;
}

describe("Tally", () => {
  test.each(TABLE)("counts %j once", (event, expected) => {
    const tally = new Tally();
    tally.take(event);
    expect(counted(tally)).toEqual(expected);
  });

  test("has every reason from the start, and members leave for none of a refusal", () => {
    const { refused, left, disconnected } = new Tally();
    expect([...refused.keys()]).toEqual([
      "server full",
      "address full",
      "HTTP request",
      "SSH client",
      "TLS handshake",
      "no TLS",
      "TLS handshake failed",
      "no client certificate",
      "no PROXY header",
    ]);
    expect([...left.keys()].filter((reason) => refused.has(reason as never))).toEqual([]);
    expect(disconnected.size).toBe(refused.size + left.size);
  });
});
