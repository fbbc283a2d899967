/** Counts what happens in a chat: how often each thing did since the server started, as its events tell. */
import type { ChatEvent, LeaveReason, Refusal } from "../events.ts";
import { GOODBYES } from "../text/messages.ts";

/** Why somebody is not let in. */
const REFUSALS = {
  "server full": 0,
  "address full": 0,
  "HTTP request": 0,
  "SSH client": 0,
  "TLS handshake": 0,
  "no TLS": 0,
  "TLS handshake failed": 0,
  "no client certificate": 0,
  "no PROXY header": 0,
} as const satisfies Record<Refusal, 0>;

const REASONS = Object.keys(GOODBYES) as LeaveReason[];

export class Tally {
  connected = 0;
  linesRead = 0;
  said = 0;
  joined = 0;
  renamed = 0;
  holds = 0;
  leftBehind = 0;
  linesSkipped = 0;
  queuesCut = 0;
  failed = 0;
  lostTouch = 0;
  linesMissing = 0;
  /** Each reason from the start, so that nobody takes one that never came for one that is not counted. */
  readonly refused = new Map<Refusal, number>(Object.entries(REFUSALS) as [Refusal, number][]);
  readonly left = zeroes(REASONS.filter((reason) => !(reason in REFUSALS)));
  readonly disconnected = zeroes(REASONS);

  /** Something has happened. */
  readonly take = (event: ChatEvent): void => {
    const { type } = event;
    // These two come with each line. To compare is cheaper than the switch.
    if (type === "line read") this.linesRead++;
    else if (type === "said") this.said++;
    else this.#takeOther(event);
  };

  #takeOther(event: ChatEvent): void {
    switch (event.type) {
      case "acted":
        return void this.said++;
      case "connected":
        return void this.connected++;
      case "joined":
        return void this.joined++;
      case "renamed":
        return void this.renamed++;
      case "left":
        return add(this.left, event.reason);
      case "disconnected":
        return add(this.disconnected, event.reason);
      case "refused":
        return add(this.refused, event.reason);
      case "lines skipped":
        return void (this.linesSkipped += event.count);
      case "hold begun":
        return void this.holds++;
      case "reader left behind":
        return void this.leftBehind++;
      default:
        return this.#takeRare(event);
    }
  }

  #takeRare({ type }: ChatEvent): void {
    if (type === "queues cut") this.queuesCut++;
    else if (type === "failed") this.failed++;
    else if (type === "lost touch") this.lostTouch++;
    else if (type === "lines missing") this.linesMissing++;
  }
}

function zeroes<Reason>(reasons: readonly Reason[]): Map<Reason, number> {
  return new Map(reasons.map((reason) => [reason, 0]));
}

function add<Reason>(counts: Map<Reason, number>, reason: Reason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
