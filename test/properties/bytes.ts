import fc from "fast-check";

const NASTY = [
  "\n",
  "\r",
  "\r\n",
  "\r\0",
  "\0",
  "\xff",
  "\xff\xff",
  "\xff\xeb",
  "\xff\xec",
  "\xff\xf7",
  "\xff\xf8",
  "\xff\xfa\x1f",
  "\xff\xf0",
  "\xff\xfb",
  "\xff\xfc",
  "\xff\xfd\x01",
  "\xff\xfe",
  "\xc3",
  "\xa9",
  "\xe6\x97",
  "\xf0\x9f\x91",
  "\xef\xbb\xbf",
  "\xed\xa0\x80",
  "\x1b[",
  "\x16\x03\x01",
  "GET /",
  "SSH-2.0-",
  "a",
];

/** The longest line of a decoder under test. */
export const LIMIT_BYTES = 16;

const long = fc
  .tuple(fc.nat(3), fc.constantFrom("x", "é", "\r", "\0"))
  .map(([more, part]) => part.repeat(LIMIT_BYTES - 1 + more));

const part = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: long },
  { weight: 1, arbitrary: fc.nat(255).map((byte) => String.fromCharCode(byte)) },
);

/** Bytes that a decoder may stumble over: ends of lines, Telnet, broken UTF-8, lines around the limit. */
const nastyBytes = fc
  .array(part, { maxLength: 24 })
  .map((parts) => Uint8Array.from(Buffer.from(parts.join(""), "latin1")));

/** The same bytes as packets, cut anywhere; some may be empty. */
export const packets = fc
  .tuple(nastyBytes, fc.array(fc.nat(1_000), { maxLength: 12 }))
  .map(([bytes, places]) => {
    const cuts = places.map((place) => place % (bytes.length + 1));
    const ends = [...cuts, bytes.length].toSorted((one, other) => one - other);
    return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  });

/** A few bytes that a hostile peer may send for ever. */
export const nastyUnit = fc.oneof(
  fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => Buffer.from(parts.join(""), "latin1")),
  fc.constantFrom(...NASTY).map((text) => Buffer.from(text, "latin1")),
);
