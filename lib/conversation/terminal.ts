/** The terminal of somebody in the chat, as far as commands change it. */

export interface Terminal {
  /** Whether the line that is being typed is edited here. */
  readonly isEdited: boolean;
  /**
   * Begins or ends that, and tells its reader. It is offered first, and so it may begin later or not at all.
   *
   * @param isRaw whether each key is sent anyway, so that there is nothing to offer
   */
  toggleEditor(isRaw: boolean): void;
  /** Puts the time before each line, or no longer does. Returns which. */
  toggleTimes(): boolean;
  /** Rings where others say one's name, or no longer does. Returns which. */
  toggleBell(): boolean;
}

/** Who has a terminal, which is made when it is first asked for. */
export interface TerminalOwner {
  readonly terminal: Terminal;
}
