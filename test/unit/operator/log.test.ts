import { expect, test } from "bun:test";
import type { ChatEvent } from "../../../lib/events.ts";
import { Log } from "../../../lib/operator/log.ts";

/** What the operator reads of an event. */
const lines: [event: ChatEvent, line: string][] = [
  [{ type: "connected", client: "a:1", certificate: "AB:CD" }, "a:1 has the certificate AB:CD\n"],
  [{ type: "connected", client: "a:1" }, ""],
  [
    { type: "refused", client: "10.0.0.1:443", reason: "no PROXY header" },
    "refused 10.0.0.1:443: no PROXY header\n",
  ],
  [
    { type: "certificate unreadable", reason: "c has no certificate" },
    "*** The certificate stays as it was: c has no certificate ***\n",
  ],
  [
    { type: "welcome unreadable", reason: "ENOENT" },
    "*** The welcome stays as it was: ENOENT ***\n",
  ],
  [{ type: "lost touch" }, "*** The servers have lost touch ***\n"],
  [{ type: "in touch" }, "*** The servers are in touch again ***\n"],
  [{ type: "lines missing" }, "*** Lines of other servers may be missing ***\n"],
  [
    { type: "entry unreadable" },
    "*** The log of the servers has an entry that this one cannot read ***\n",
  ],
  [{ type: "cluster unusable", reason: "odd" }, "*** The servers' log cannot be used: odd ***\n"],
];

test.each(lines)("of %j the operator reads %j", (event, line) => {
  let logged = "";
  const log = new Log((text) => (logged += text), false);
  log.take(event);
  log.flush();
  expect(logged).toBe(line);
});
