/**
 * Programs that take this port for something else, by the first bytes that they send. None of
 * these can begin the name of a person, except SSH's; and what follows, the body of a web page's
 * request say, is not to be taken for one either.
 */
const FIRST_BYTES = {
  /** A record of a handshake: its type, and the version that all of SSL 3 to TLS 1.3 send here. */
  "TLS handshake": /^\x16\x03[\0-\x04]/,
  /** Any method and a target: RFC 9112, section 3, and for PRI RFC 9113, section 3.4. */
  "HTTP request": /^(?:[A-Z]+ (?:\/|https?:)|(?:OPTIONS|PRI) \* |CONNECT \S+:\d)/,
  /** The identification string of RFC 4253, section 4.2. */
  "SSH client": /^SSH-\d\.\d+-/,
} as const;

export type ForeignProtocol = keyof typeof FIRST_BYTES;

/** Enough to tell, in bytes. */
const HEAD_BYTES_MAX = 64;

const PROTOCOLS = Object.entries(FIRST_BYTES) as [ForeignProtocol, RegExp][];

export class ProtocolDetector {
  #head = "";
  #isOver = false;

  /** The protocol that the bytes so far begin, if that is none of this server's. */
  push(bytes: Uint8Array): ForeignProtocol | undefined {
    if (this.#isOver) return undefined;
    this.#head += Buffer.from(bytes.subarray(0, HEAD_BYTES_MAX)).toString("latin1");
    // RFC 9112, section 2.2: empty lines may come first.
    const head = this.#head.slice(0, HEAD_BYTES_MAX).replace(/^[\r\n]+/, "");
    if (this.#head.length >= HEAD_BYTES_MAX || head.includes("\n")) {
      this.#isOver = true;
      this.#head = "";
    }
    return PROTOCOLS.find(([, pattern]) => pattern.test(head))?.[0];
  }
}
