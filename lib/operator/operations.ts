/** What an operator, or a program that embeds natter, does in a chat and can know of it. */
import type { ChatContext } from "../connection/chat-context.ts";
import { announced, sentHome, shuttingDownIn } from "../text/messages.ts";
import { foldName } from "../text/names.ts";
import { safeText } from "../text/safe-text.ts";

export class Operations {
  readonly #context: ChatContext;

  constructor(context: ChatContext) {
    this.#context = context;
  }

  /** The names of all who are in the chat, in order of joining. */
  get members(): string[] {
    return Array.from(this.#context.room.members, ({ name }) => name);
  }

  /** Tells everybody in the chat, each line of `text` in a line. */
  announce(text: string): void {
    const { journal, emit } = this.#context;
    const lines = text.trimEnd().split("\n").map(safeText);
    const announcement = lines.map(announced).join("");
    journal.propose({ do: "announce", lines: announcement }, (isSaid) => {
      if (!isSaid) emit?.({ type: "announcement lost", text: lines.join(" ") });
    });
  }

  /** Sends home the member with this name. Returns whether there is one. */
  kick(name: string, reason: string): boolean {
    const { journal, room } = this.#context;
    const member = room.members.find(foldName(name));
    if (member === undefined) return false;
    journal.propose({ do: "send home", member, goodbye: sentHome(safeText(reason)) });
    return true;
  }

  /** Tells the members of this server how much time is left before its end, in milliseconds. */
  tellTimeLeft(leftMs: number): void {
    const { room, emit } = this.#context;
    emit?.({ type: "draining", leftMs });
    for (const member of room.members) {
      if (member.client !== undefined) room.tell(member, shuttingDownIn(leftMs));
    }
  }

  /** Notes in the log what an operator does. */
  note(operator: string, line: string): void {
    this.#context.emit?.({ type: "operated", operator, line: safeText(line) });
  }
}
