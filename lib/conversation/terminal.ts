/** The terminal of somebody in the chat, as far as commands change it. */

/** To put the time before each line; to ring where others say one's name. */
export type Habit = "times" | "bell";

export interface Terminal {
  /** Whether the line that is being typed is edited here. */
  readonly isEdited: boolean;
  /**
   * Begins or ends that, and tells its reader. It is offered first, and so it may begin later or not at all.
   *
   * @param isRaw whether each key is sent anyway, so that there is nothing to offer
   */
  toggleEditor(isRaw: boolean): void;
  /** Takes up a habit, or gives it up. Returns which. */
  toggle(habit: Habit): boolean;
}

/** Who has a terminal, which is made when it is first asked for. */
export interface TerminalOwner {
  readonly terminal: Terminal;
  /** Runs `action`, which a timer or somebody else has set off. What it throws concerns nobody else. */
  run(action: () => void): void;
}
