/** What newcomers are told before the prompt: a text, or a file that may be edited meanwhile. */
import { closeSync, constants, openSync, readSync, statSync, type Stats } from "node:fs";
import { WELCOME_BYTES_MAX } from "../options/options.ts";
import { safeText } from "../text/safe-text.ts";

/** A file is looked at no more often than this, in milliseconds. */
const CHECK_MS = 1_000;

export class Welcome {
  readonly #file: string;
  readonly #warn: ((reason: string) => void) | undefined;
  #text: string;
  /** Tells one version of the file from another. */
  #version = "";
  #checkedAtMs = -CHECK_MS;
  /** Each is made once. */
  #complaint = "";

  /**
   * @param file is read if it is not empty; otherwise `text` is the welcome
   * @param warn is told why the file can no longer be read; the last welcome then stays
   * @throws {Error} the file cannot be read
   * @throws {RangeError} it is too long, or no regular file
   */
  constructor(text: string, file: string, warn?: (reason: string) => void) {
    this.#file = file;
    this.#warn = warn;
    this.#text = safeLines(text);
    if (file !== "") this.#read(statSync(file));
  }

  /** Lines, each ended by LF, or nothing. */
  get text(): string {
    const nowMs = performance.now();
    if (this.#file !== "" && nowMs - this.#checkedAtMs >= CHECK_MS) {
      this.#checkedAtMs = nowMs;
      this.#refresh((stats) => versionOf(stats) !== this.#version);
    }
    return this.#text;
  }

  /** Reads the file again. Returns why it cannot be read, if so; then the welcome stays as it was. */
  reload(): string | undefined {
    return this.#file === "" ? undefined : this.#refresh(() => true);
  }

  #refresh(isDue: (stats: Stats) => boolean): string | undefined {
    try {
      const stats = statSync(this.#file);
      if (isDue(stats)) this.#read(stats);
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#complaint) this.#warn?.(message);
      this.#complaint = message;
      this.#version = "";
      return message;
    }
  }

  #read(stats: Stats): void {
    // What is no regular file could take for ever to open.
    const bytes = stats.isFile() ? readStart(this.#file, WELCOME_BYTES_MAX + 1) : undefined;
    if (bytes === undefined || bytes.length > WELCOME_BYTES_MAX) {
      const file = Bun.inspect(this.#file);
      const limit = `a regular file of at most ${WELCOME_BYTES_MAX} bytes`;
      throw new RangeError(`welcomeFile is ${file}; it must be ${limit}.`);
    }
    this.#text = safeLines(bytes.toString());
    this.#version = versionOf(stats);
    this.#complaint = "";
  }
}

/**
 * The first bytes of a file, at most so many: files in /proc say that their size is 0, and some of them
 * never end.
 *
 * @throws {Error} it cannot be read at once, with the system's `code`
 */
function readStart(file: string, bytesMax: number): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(bytesMax);
    let length = 0;
    let read: number;
    do length += read = readSync(descriptor, bytes, length, bytesMax - length, null);
    while (read > 0 && length < bytesMax);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}

/** `text` as whole lines that are safe to show. */
function safeLines(text: string): string {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  return text === "" ? "" : lines.map((line) => `${safeText(line)}\n`).join("");
}
