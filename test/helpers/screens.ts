/** Programs that people type at, each in a window of tmux. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { tmux } from "./tmux.ts";

/** How often a screen is looked at, in milliseconds, while something is awaited. */
const LOOK_MS = 20;

export class Screens implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Screens> {
    return new Screens(await mkdtemp(`${tmpdir()}/natter-screens-`));
  }

  /** Runs `command` in a window of this size. */
  async run(name: string, columns: number, rows: number, command: string): Promise<Screen> {
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.tmux("-f", "/dev/null", "new-session", "-d", ...size, "-s", name, command);
    await this.tmux("set", "-g", "remain-on-exit", "on");
    return new Screen(this, name);
  }

  tmux(...words: string[]): Promise<string> {
    return tmux(this.#directory, ...words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux("kill-server").catch(() => {});
    await rm(this.#directory, { recursive: true });
  }
}

export class Screen {
  readonly #screens: Screens;
  readonly #name: string;

  constructor(screens: Screens, name: string) {
    this.#screens = screens;
    this.#name = name;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#screens.tmux("send-keys", "-t", this.#name, "-l", text);
  }

  /** Presses keys by tmux's names for them. */
  async press(...keys: string[]): Promise<void> {
    await this.#screens.tmux("send-keys", "-t", this.#name, ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.#screens.tmux("resize-window", "-t", this.#name, ...size);
  }

  /** Pastes text, with marks around it if the program has asked for these. */
  async paste(text: string): Promise<void> {
    await this.#screens.tmux("set-buffer", text);
    await this.#screens.tmux("paste-buffer", "-p", "-t", this.#name);
  }

  /** What it shows, without the empty rows below, and where the cursor is: `column,row`. */
  async look(...flags: string[]): Promise<{ rows: string[]; cursor: string }> {
    const text = await this.#screens.tmux("capture-pane", "-p", "-t", this.#name, ...flags);
    const format = "#{cursor_x},#{cursor_y}";
    const cursor = await this.#screens.tmux("display-message", "-p", "-t", this.#name, format);
    return { rows: text.trimEnd().split("\n"), cursor: cursor.trim() };
  }

  /** Resolves when its last rows are these, without blanks at their ends, and the cursor is there; throws after some time. */
  async shows(rows: readonly string[], cursorColumn?: number): Promise<void> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const seen = await this.look();
      const wanted = rows.map((row) => row.trimEnd());
      const isThere = Bun.deepEquals(seen.rows.slice(-rows.length), wanted);
      const column = Number(seen.cursor.split(",")[0]);
      if (isThere && (cursorColumn === undefined || column === cursorColumn)) return;
      if (performance.now() > deadline) {
        throw new Error(`not what it was to show, but ${JSON.stringify(seen, undefined, 1)}`);
      }
      await Bun.sleep(LOOK_MS);
    }
  }
}
