import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { LineDecoder } from "../../lib/connection/line-decoder.ts";
import { safeText } from "../../lib/text/safe-text.ts";
import { tmux } from "../helpers/tmux.ts";
import { LOADED_MS, SEED } from "./check.ts";
import { HOSTILE, hostileLine } from "./text.ts";

const missing = Bun.which("tmux") === null ? ": skipped, needs tmux" : "";

/** Prints `lines` and then a question. It ends when the terminal has answered that. */
const PROGRAM = [
  "stty -echo -icanon",
  "tmux wait-for -S ready; tmux wait-for go",
  String.raw`cat lines; printf '\033[5n'; dd bs=1 count=4 of=typed 2>/dev/null`,
  "tmux wait-for -S shown; exec cat",
].join("; ");

/** Everything that a program can change in a pane, except the text. */
const STATE =
  "title pane_title,window window_name,alternate alternate_on,cursor cursor_flag,insert insert_flag," +
  "keypad keypad_flag,cursor_keys keypad_cursor_flag,mouse mouse_any_flag,origin origin_flag," +
  "wrap wrap_flag,top scroll_region_upper,bottom scroll_region_lower,tabs pane_tabs,column cursor_x";
const STATE_FORMAT = STATE.replace(/(\w+) (\w+),?/g, "$1=#{$2} ");

/** A tmux server of its own. Its socket and files are in a directory that is removed with it. */
class Terminal implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Terminal> {
    const terminal = new Terminal(await mkdtemp(`${tmpdir()}/natter-terminal-`));
    await terminal.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", PROGRAM);
    await terminal.tmux("set", "-g", "automatic-rename", "off");
    await terminal.tmux("wait-for", "ready");
    return terminal;
  }

  tmux(...words: string[]): Promise<string> {
    return tmux(this.#directory, ...words);
  }

  file(name: string): Bun.BunFile {
    return Bun.file(`${this.#directory}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux("kill-server");
    await rm(this.#directory, { recursive: true });
  }
}

/** What others see of a line that somebody sends. */
function shown(line: string): string {
  const decoder = new LineDecoder(4_096);
  decoder.push(Buffer.from(`${line.replaceAll("\n", "")}\n`));
  return safeText(String(decoder.next()));
}

/** Text that every terminal shows in the same way. */
const ascii = (text: string) => text.replace(/[^!-~]/g, "");

describe.skipIf(missing !== "")(`in a real terminal${missing}`, () => {
  test(
    "what somebody sends is shown as text of one line, and does nothing else",
    async () => {
      const generated = fc.sample(hostileLine, { numRuns: 400, seed: SEED });
      const lines = [...HOSTILE, ...generated].map((line, index) => `${index}:${shown(line)}|`);
      await using terminal = await Terminal.open();
      await terminal.file("lines").write(lines.map((line) => `${line}\n`).join(""));
      const before = await terminal.tmux("display-message", "-p", STATE_FORMAT);
      await terminal.tmux("wait-for", "-S", "go");
      await terminal.tmux("wait-for", "shown");
      const screen = await terminal.tmux("capture-pane", "-p", "-J", "-S", "-");
      expect(screen.trimEnd().split("\n").map(ascii)).toEqual(lines.map(ascii));
      expect(await terminal.tmux("display-message", "-p", STATE_FORMAT)).toBe(before);
      expect(await terminal.file("typed").text()).toBe("\x1b[0n");
    },
    LOADED_MS,
  );
});
