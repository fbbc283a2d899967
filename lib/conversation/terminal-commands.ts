/** The commands that change what one's own terminal shows. */
import { ANSWERS } from "../text/messages.ts";
import type { Command } from "./command-table.ts";
import { answer, INCOMPLETE, type Outcome, type Speaker } from "./speaker.ts";
import type { Habit } from "./terminal.ts";

const isEdited = ({ owner }: Speaker) => owner?.terminal.isEdited ?? false;

export const TERMINAL_COMMANDS = {
  editor: {
    takes: "[raw]",
    about: "keep what you type on a line of its own, or no longer",
    isFor: ({ owner }) => owner !== undefined,
    run: toggleEditor,
  },
  timestamps: {
    takes: "",
    about: "put the time before each line, or no longer",
    isFor: isEdited,
    run: (speaker) => toggle(speaker, "times", ANSWERS.timestamps),
  },
  bell: {
    takes: "",
    about: "ring when somebody says your name, or no longer",
    isFor: isEdited,
    run: (speaker) => toggle(speaker, "bell", ANSWERS.bell),
  },
} as const satisfies Record<string, Command>;

export function toggleEditor({ owner }: Pick<Speaker, "owner">, argument: string): Outcome {
  const word = argument.toLowerCase();
  if (word !== "" && word !== "raw") return INCOMPLETE;
  owner?.terminal.toggleEditor(word === "raw");
}

function toggle(speaker: Speaker, habit: Habit, text: (isOn: boolean) => string): void {
  const { owner } = speaker;
  if (owner) answer(speaker, text(owner.terminal.toggle(habit)));
}
