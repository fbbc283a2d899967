import type { Conversation } from "../conversation/conversation.ts";
import type { Client, SessionContext } from "../conversation/session.ts";
import type { Welcome } from "../conversation/welcome.ts";
import type { Backpressure } from "../limits/backpressure.ts";
import type { Slices } from "../limits/slices.ts";
import type { TotalLimit } from "../limits/total-limit.ts";
import type { TurnEnd } from "../limits/turn-end.ts";
import type { Settings } from "../options/settings.ts";
import type { Connection } from "./connection.ts";
import type { Traffic } from "./traffic.ts";

/** What all connections of one server share. */
export interface ChatContext extends SessionContext {
  readonly slices: Slices;
  readonly backpressure: Backpressure;
  readonly totalLimit: TotalLimit;
  readonly turnEnd: TurnEnd;
  readonly traffic: Traffic;
  /** Are read when they are needed, because they may change. */
  readonly settings: Settings;
  readonly welcome: Welcome;
  /**
   * Makes the conversation with a client.
   *
   * @param onClaimed is called when it is known whether its client has the name that it gave
   */
  readonly converse: (client: Client, onClaimed: () => void) => Conversation;
  /** Called exactly once: the socket is gone and every line that it brought is dealt with. */
  readonly onEnd: (connection: Connection) => void;
}
