/** What a line editor knows of the conversation that it is used for. */
import type { Session } from "../conversation/session.ts";
import type { Conversation } from "../editor/editor.ts";
import { ANSWERS } from "../text/messages.ts";
import type { ChatContext } from "./chat-context.ts";

export class Typist implements Conversation {
  readonly #context: ChatContext;
  readonly #session: Session;
  readonly showLater: () => void;

  constructor(context: ChatContext, session: Session, showLater: () => void) {
    this.#context = context;
    this.#session = session;
    this.showLater = showLater;
  }

  get name(): string | undefined {
    return this.#session.speaker?.member.name;
  }

  get commands(): string[] {
    const { speaker } = this.#session;
    return speaker ? this.#context.commands.wordsFor(speaker) : [];
  }

  get people(): Iterable<{ readonly name: string; readonly key: string }> {
    return this.#context.room.members;
  }

  isSecret(line: string): boolean {
    return this.#context.commands.isSecret(line);
  }

  list(candidates: readonly string[]): void {
    this.tell(ANSWERS.candidates(candidates));
  }

  /** Tells the one who types, if it is in the chat. */
  tell(text: string): void {
    const { speaker } = this.#session;
    if (speaker) this.#context.room.answer(speaker.member, text);
  }
}
