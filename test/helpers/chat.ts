import { History } from "../../lib/room/history.ts";
import { Log } from "../../lib/operator/log.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import type { Outbox } from "../../lib/room/broadcast.ts";
import { LocalJournal, type Apply, type Journal } from "../../lib/room/journal.ts";
import { Room } from "../../lib/room/room.ts";
import { Budget } from "../../lib/limits/budget.ts";
import { CommandTable, type Commands } from "../../lib/conversation/command-table.ts";
import { COMMANDS } from "../../lib/conversation/commands.ts";
import { QUIT } from "../../lib/conversation/speaker.ts";
import { Session } from "../../lib/conversation/session.ts";
import { turnOver } from "./clock.ts";
import { GrammarCheck } from "./grammar.ts";

interface Options {
  readonly createJournal?: (apply: Apply) => Journal;
  readonly commands?: Commands;
}

/** Several sessions in one room, without sockets: what each is told, and the log. */
export function chat(given: Partial<Settings> = {}, options: Options = {}) {
  const { createJournal = (apply) => new LocalJournal(apply), commands = {} } = options;
  const settings = resolveOptions(given);
  const { quiet, welcome, history } = settings;
  let logged = "";
  const log = new Log((text) => (logged += text), quiet);
  const emit = log.take;
  const room = new Room(4096, { history: new History(history), emit });
  const context = {
    room,
    journal: createJournal((deed) => room.apply(deed)),
    commands: new CommandTable(COMMANDS, commands),
    emit,
    settings,
    welcome: { text: welcome },
  };
  const open = (address: string) => {
    let told = "";
    const grammar = new GrammarCheck();
    const outbox: Outbox = {
      enqueue: ({ bytes }) => void (told += Buffer.from(bytes).toString()),
      tell: (text) => void (told += text),
      answer: (text) => void (told += text),
      flush() {},
      send: (chunk) => outbox.enqueue(chunk),
      failed() {},
      close() {},
    };
    const joins = new Budget(100, 1);
    let claims = 0;
    const session = new Session(context, { label: address, outbox, joins }, () => void claims++);
    session.start();
    return {
      session,
      joins,
      line(text: string): void {
        if (session.line(text) === QUIT) session.leave("quit");
      },
      get claims() {
        return claims;
      },
      async told(): Promise<string> {
        await turnOver();
        const text = told;
        told = "";
        if (welcome === "") grammar.push(Buffer.from(text));
        return text;
      },
    };
  };
  const logText = () => {
    log.flush();
    return logged;
  };
  /** Somebody who is in the chat, and to whom nothing has been told yet. */
  const join = async (name: string) => {
    const person = open(name.toLowerCase());
    person.line(name);
    await person.told();
    return { ...person, say: (text: string) => person.line(text) };
  };
  return { open, join, logText, room };
}
