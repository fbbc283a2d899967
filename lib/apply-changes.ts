/**
 * Settings that change while people are connected. All parts of a chat share one object of settings, and read it when
 * they need it. So most of them need not be told. This is for those that keep something that was made of a setting: a
 * budget, a deadline that runs, the size of a queue.
 */
import type { ChatContext } from "./connection/chat-context.ts";
import type { Connection } from "./connection/connection.ts";
import { Welcome } from "./conversation/welcome.ts";
import type { Emit } from "./events.ts";
import type { Addresses } from "./limits/addresses.ts";
import type { Log } from "./operator/log.ts";
import { LogFile } from "./operator/log-file.ts";
import type { Settings } from "./options/settings.ts";

/** A turn that would outgrow this is flushed before it ends. Larger writes gain nothing. */
const TURN_BYTES_MAX = 262_144;

/** A slow reader's queue drops whole turns: so a turn is at most this part of what it may hold. */
const TURNS_PER_QUEUE = 4;

/** The history that a newcomer is told is at most this part of what its queue may hold. */
const HISTORIES_PER_QUEUE = 4;

/** Another welcome may take the place of the first. */
export type ChangingContext = Omit<ChatContext, "welcome"> & { welcome: Welcome };

/**
 * Changes settings, all of them or none, and reads and opens files again. They count for who comes now at once,
 * and for who is here when the turn ends.
 *
 * @returns why the welcome cannot be read again, if so; then it stays as it was
 * @throws {Error} a file that they name cannot be read or written
 */
export function applyChanges(
  context: ChangingContext,
  log: Log | undefined,
  addresses: Addresses,
  connections: ReadonlyMap<Connection, unknown>,
  changes: Partial<Settings>,
): string | undefined {
  const { emit, settings, turnEnd } = context;
  const { welcome, welcomeFile, logFile } = changes;
  const isWelcomeNew = welcome !== undefined || welcomeFile !== undefined;
  const newWelcome = isWelcomeNew ? welcomeOf({ ...settings, ...changes }, emit) : undefined;
  // It writes its own lines in the format that holds later.
  const newFile = logFile ? new LogFile(logFile, settings) : undefined;
  // From here on nothing fails.
  Object.assign(settings, changes);
  const reason = newWelcome === undefined ? context.welcome.reload() : undefined;
  if (newWelcome !== undefined) context.welcome = newWelcome;
  if (logFile === undefined) log?.reopen();
  else log?.moveTo(newFile);
  // Not at once: whoever asks for it may be in the middle of a flush.
  turnEnd.run("read", () => {
    adaptShared(context, addresses);
    for (const connection of [...connections.keys()]) {
      connection.run(() => connection.adapt(changes));
    }
    context.totalLimit.enforce();
  });
  return reason;
}

function adaptShared({ room, settings, slices }: ChangingContext, addresses: Addresses): void {
  const { historyBytes, turnBytes } = sharesOf(settings);
  room.limitTurn(turnBytes);
  room.history.resize(settings.history, historyBytes);
  for (const address of addresses.all) {
    address.adapt(settings);
    slices.adapt(address.slice);
  }
}

/** How large a turn and the history may be. */
export function sharesOf({ queueLimitBytes }: Settings) {
  return {
    turnBytes: Math.min(TURN_BYTES_MAX, queueLimitBytes / TURNS_PER_QUEUE),
    historyBytes: queueLimitBytes / HISTORIES_PER_QUEUE,
  };
}

/** @throws {Error} the file cannot be read */
export function welcomeOf({ welcome, welcomeFile }: Settings, emit: Emit): Welcome {
  return new Welcome(welcome, welcomeFile, (reason) => {
    emit?.({ type: "welcome unreadable", reason });
  });
}
