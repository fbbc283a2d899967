import { History } from "../../lib/room/history.ts";
import { Log } from "../../lib/operator/log.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { LocalJournal } from "../../lib/room/journal.ts";
import { TurnEnd } from "../../lib/limits/turn-end.ts";
import { Room } from "../../lib/room/room.ts";
import { Budget } from "../../lib/limits/budget.ts";
import { CommandTable, type Commands } from "../../lib/conversation/command-table.ts";
import { COMMANDS } from "../../lib/conversation/commands.ts";
import { QUIT, TO_SPEAKERS } from "../../lib/conversation/speaker.ts";
import { Session } from "../../lib/conversation/session.ts";
import { turnOver } from "./clock.ts";
import { GrammarCheck } from "./grammar.ts";
import { RecordedOutbox } from "./recorded-outbox.ts";

/** Several sessions in one room, without sockets: what each is told, and the log. */
export function chat(given: Partial<Settings> = {}, commands: Commands = {}) {
  const settings = resolveOptions(given);
  const { welcome, history } = settings;
  let logged = "";
  const log = new Log((text) => (logged += text), settings);
  const emit = log.take;
  const room = new Room(4096, { history: new History(history), emit });
  const context = {
    room,
    journal: new LocalJournal({ room, emit, turnEnd: new TurnEnd(), holdEverybody() {} }),
    commands: new CommandTable(TO_SPEAKERS, COMMANDS, commands),
    emit,
    settings,
    welcome: { text: welcome },
  };
  const open = (address: string) => {
    let toldLength = 0;
    const grammar = new GrammarCheck();
    const outbox = new RecordedOutbox();
    const joins = new Budget(100, 1);
    const session = new Session(context, { label: address, outbox, joins }, () => {});
    session.start();
    return {
      session,
      joins,
      line(text: string): void {
        if (session.line(text) === QUIT) session.leave("quit");
      },
      async told(): Promise<string> {
        await turnOver();
        const text = outbox.text.slice(toldLength);
        toldLength = outbox.text.length;
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
  return { open, join, logText };
}
