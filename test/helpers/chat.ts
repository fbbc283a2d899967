import { History } from "../../lib/room/history.ts";
import { Log } from "../../lib/operator/log.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { Room, type Outbox } from "../../lib/room/room.ts";
import { Session } from "../../lib/conversation/session.ts";
import { turnOver } from "./clock.ts";
import { GrammarCheck } from "./grammar.ts";

/** Several sessions in one room, without sockets: what each is told, and the log. */
export function chat(given: Partial<Settings> = {}) {
  const settings = resolveOptions(given);
  const { quiet, welcome, history } = settings;
  const room = new Room(4096, new History(history));
  let logged = "";
  const log = new Log((text) => (logged += text), quiet);
  const emit = log.take;
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
    const owner = {
      renamesLeft: 100,
      spendRename: () => owner.renamesLeft-- > 0,
      onQuit: () => session.leave("quit"),
    };
    const session = new Session(
      { room, emit, settings, welcome: { text: welcome } },
      address,
      outbox,
      owner,
    );
    session.start();
    return {
      session,
      owner,
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
    person.session.line(name);
    await person.told();
    return { ...person, say: (text: string) => person.session.line(text) };
  };
  return { open, join, logText };
}
