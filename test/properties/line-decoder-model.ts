/**
 * The decoder's promise in another form. All bytes so far are one string of Latin-1, and everything follows from
 * it. This takes quadratic time and any amount of memory.
 */
import { LINE_TOO_LONG, type Decoded } from "../../lib/connection/line-decoder.ts";

/** The commands of RFC 854. The last one may have come only in part. */
const COMMAND = new RegExp(
  [
    /\xff\xfa(?:[^\xff]|\xff\xff)*/, // A subnegotiation, up to the command that ends it.
    /\xff(?:(?<word>[\xfb-\xfe])(?<option>[^]?)|(?<other>[^]?))/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

const ANSWERS: Record<string, string> = { "\xfb": "\xff\xfe", "\xfd": "\xff\xfc" };
const EDITING: Record<string, string> = { "\xf7": "\b", "\xf8": "\x15" };

/** The data in `bytes`, and the answers to what is asked in it. */
function readTelnet(bytes: string): { data: string; answers: string[] } {
  const answers: string[] = [];
  const data = bytes.replace(COMMAND, (...match) => {
    const { word, option, other = "" } = match.at(-1) as Record<string, string | undefined>;
    const answer = ANSWERS[word ?? ""];
    if (answer && option) answers.push(answer + option);
    return EDITING[other] ?? (other === "\xff" || other < "\xec" ? other : "");
  });
  return { data, answers };
}

/** The lines in `data`, which goes on unless `ended`. */
function readLines(data: string, limitBytes: number, ended: boolean): Decoded[] {
  const lines = data.replaceAll("\r\0", "\r\n").split("\n");
  return lines.flatMap((raw, index) => {
    const isWhole = index < lines.length - 1;
    const line = raw.replace(/\r$/, "");
    if (line.length > limitBytes) return isWhole ? [LINE_TOO_LONG, ""] : [LINE_TOO_LONG];
    const isThere = isWhole || (ended && raw !== "");
    return isThere ? [Buffer.from(line, "latin1").toString()] : [];
  });
}

export class LineDecoderModel {
  readonly #limitBytes: number;
  #bytes = "";
  #ended = false;
  #lines = 0;
  #answers = 0;
  #commandBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += Buffer.from(bytes).toString("latin1");
  }

  end(): void {
    this.#ended = true;
  }

  next(): Decoded | undefined {
    const { data, answers } = readTelnet(this.#bytes);
    const bytes = this.#bytes.length - data.length - this.#commandBytes;
    if (bytes > 0) {
      // Each answer is given once, however often it was requested since the last time.
      const fresh = [...new Set(answers.slice(this.#answers))].join("");
      this.#commandBytes += bytes;
      this.#answers = answers.length;
      return { bytes, answers: Uint8Array.from(Buffer.from(fresh, "latin1")) };
    }
    const line = readLines(data, this.#limitBytes, this.#ended)[this.#lines];
    if (line !== undefined) this.#lines++;
    return line;
  }
}
