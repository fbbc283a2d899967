import type { Deed, Journal, JournalHost } from "../../lib/room/journal.ts";

/** A journal that applies what is proposed when it is told to, as one that is elsewhere does. */
export class LateJournal implements Journal {
  readonly #host: JournalHost;
  isAway = false;
  readonly #proposed: { readonly deed: Deed; readonly onApplied: (isAccepted: boolean) => void }[] =
    [];

  constructor(host: JournalHost) {
    this.#host = host;
  }

  propose(deed: Deed, onApplied: (isAccepted: boolean) => void = () => {}): void {
    this.#proposed.push({ deed, onApplied });
  }

  stop(): undefined {}

  /** What waits to be applied. */
  get waiting(): string[] {
    return this.#proposed.map(({ deed }) => deed.do);
  }

  /** Applies what was proposed first, or as much as is asked for. */
  answer(count = 1): void {
    for (const { deed, onApplied } of this.#proposed.splice(0, count)) {
      onApplied(this.#host.room.apply(deed));
    }
  }
}
