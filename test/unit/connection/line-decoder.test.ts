import { describe, expect, test } from "bun:test";
import { LINE_TOO_LONG, LineDecoder, type Decoded } from "../../../lib/connection/line-decoder.ts";
import { cuts } from "../../helpers/cuts.ts";
import { heldByBuffers } from "../../helpers/memory.ts";

function decode(packets: Iterable<Uint8Array>, limitBytes: number): Decoded[] {
  const decoder = new LineDecoder(limitBytes);
  const lines: Decoded[] = [];
  const pull = () => {
    let line: Decoded | undefined;
    while ((line = decoder.next()) !== undefined) {
      if (typeof line !== "object") lines.push(line);
    }
  };
  for (const packet of packets) {
    decoder.push(packet);
    pull();
  }
  decoder.end();
  pull();
  return lines;
}

describe("LineDecoder", () => {
  test("may get another limit, which counts for what has begun", () => {
    const decoder = new LineDecoder(100);
    const push = (text: string) => decoder.push(Buffer.from(text));
    push("x".repeat(50));
    expect(decoder.next()).toBeUndefined();
    decoder.limitTo(10);
    push("x\nshort\n");
    expect([decoder.next(), decoder.next(), decoder.next()]).toEqual([LINE_TOO_LONG, "", "short"]);
    decoder.limitTo(1_000);
    push("x".repeat(500));
    expect(decoder.next()).toBeUndefined();
    decoder.limitTo(10);
    decoder.end();
    expect(decoder.next()).toBe("x".repeat(500));
  });

  test("takes nothing for a command of Telnet's where there is none", () => {
    const decoder = new LineDecoder(100, "lines");
    decoder.push(Uint8Array.of(255, 253, 1, 65, 10));
    expect(decoder.next()).toBe("\ufffd\ufffd\u0001A");
    expect(decoder.next()).toBeUndefined();
  });

  const table: [name: string, input: string | Uint8Array, lines: Decoded[]][] = [
    ["no input is no line", "", []],
    ["one line", "hello\n", ["hello"]],
    ["several lines", "one\ntwo\nthree\n", ["one", "two", "three"]],
    ["an empty line is a line", "\n\na\n", ["", "", "a"]],
    ["CR LF ends a line", "one\r\ntwo\r\n\r\n", ["one", "two", ""]],
    ["so does CR NUL", "one\r\0two\r\0\r\0", ["one", "two", ""]],
    ["only the last CR belongs to the end", "one\r\r\n", ["one\r"]],
    ["a CR at the end of the input is the end of a line", "one\r", ["one"]],
    ["Telnet's commands are no text", Uint8Array.of(97, 255, 241, 98, 10), ["ab"]],
    ["nor part of a UTF-8 character", Uint8Array.of(0xc3, 255, 241, 0xa9, 10), ["é"]],
    ["an escaped 255 is a byte of data", Uint8Array.of(97, 255, 255, 10), ["a\ufffd"]],
    ["a CR alone ends nothing", "a\rb\n", ["a\rb"]],
    ["a last line without LF counts at the end", "one\ntwo", ["one", "two"]],
    ["characters of two, three and four bytes", "é\n日本\n👋🏽\n", ["é", "日本", "👋🏽"]],
    ["NUL and control bytes are data", "a\0b\x1b[1m\n", ["a\0b\x1b[1m"]],
    ["a byte order mark is data", "\ufeffa\n", ["\ufeffa"]],
    ["invalid UTF-8 becomes U+FFFD", Uint8Array.of(0x61, 0xc3, 0x62, 0x0a), ["a\ufffdb"]],
    ["a character cut off by LF", Uint8Array.of(0xe6, 0x97, 0x0a, 0x61, 0x0a), ["\ufffd", "a"]],
    ["a character cut off by the end", Uint8Array.of(0x61, 0xf0, 0x9f), ["a\ufffd"]],
    ["a line of exactly the limit", "0123456789abcdef\n!\n", ["0123456789abcdef", "!"]],
    ["the limit is in bytes, not characters", "ééééééééé\n", [LINE_TOO_LONG, ""]],
    ["one byte over the limit", "0123456789abcdef0\nnext\n", [LINE_TOO_LONG, "", "next"]],
    ["far over the limit", `${"x".repeat(99)}\nnext\n`, [LINE_TOO_LONG, "", "next"]],
    ["the end of a line does not count", "0123456789abcdef\r\n!\n", ["0123456789abcdef", "!"]],
    ["not as CR NUL either", "0123456789abcdef\r\0!\n", ["0123456789abcdef", "!"]],
    ["a CR that ends nothing counts", "0123456789abcdef\r!\n", [LINE_TOO_LONG, ""]],
    ["two of them do", "0123456789abcdef\r\r\n", [LINE_TOO_LONG, ""]],
    ["one before the limit is none after it", "0123456789abcd\refg\n", [LINE_TOO_LONG, ""]],
    ["at the end of the input it is an end", "0123456789abcdef\r", ["0123456789abcdef"]],
    [
      "over the limit twice",
      `${"x".repeat(40)}\n${"y".repeat(40)}\n`,
      [LINE_TOO_LONG, "", LINE_TOO_LONG, ""],
    ],
    ["over the limit and never ended", `a\n${"x".repeat(40)}`, ["a", LINE_TOO_LONG]],
  ];

  for (const [name, input, lines] of table) {
    test(`${name}, however it is cut`, () => {
      for (const packets of cuts(Buffer.from(input as string))) {
        expect(decode(packets, 16)).toEqual(lines);
      }
    });
  }

  test("reports a line over the limit before its end arrives, once", () => {
    const decoder = new LineDecoder(4);
    decoder.push(Buffer.from("12345"));
    expect(decoder.next()).toBe(LINE_TOO_LONG);
    decoder.push(Buffer.from("678901234567890"));
    expect(decoder.next()).toBeUndefined();
  });

  test("hands out answers to Telnet's requests before the lines that came with them", () => {
    const decoder = new LineDecoder(100);
    decoder.push(Buffer.from([97, 10, 255, 253, 1, 98, 10, 255]));
    expect([decoder.next(), decoder.next(), decoder.next(), decoder.next()]).toEqual([
      { bytes: 4, answers: Uint8Array.of(255, 252, 1) },
      "a",
      "b",
      undefined,
    ]);
    decoder.push(Uint8Array.of(251, 31));
    expect([decoder.next(), decoder.next()]).toEqual([
      { bytes: 2, answers: Uint8Array.of(255, 254, 31) },
      undefined,
    ]);
  });

  test("keeps what was not pulled when more arrives", () => {
    const decoder = new LineDecoder(100);
    decoder.push(Buffer.from("one\ntwo\nth"));
    expect(decoder.next()).toBe("one");
    decoder.push(Buffer.from("ree\n"));
    expect([decoder.next(), decoder.next(), decoder.next()]).toEqual(["two", "three", undefined]);
  });

  test("takes linear time for a gigabyte without an end, and for a long line in single bytes", () => {
    // Quadratic time would be minutes, which the test runner's time limit notices.
    const endless = new LineDecoder(65_536);
    const packet = new Uint8Array(524_288).fill(0x78);
    let reports = 0;
    for (let packets = 0; packets < 2_048; packets++) {
      endless.push(packet);
      while (endless.next() !== undefined) reports++;
    }
    expect(reports).toBe(1);
    const patient = new LineDecoder(1_048_576);
    for (let bytes = 0; bytes < 1_048_576; bytes++) {
      patient.push(Uint8Array.of(0x78));
      if (patient.next() !== undefined) reports++;
    }
    expect(reports).toBe(1);
  });

  test("holds no more than the limit of a line without end", () => {
    const decoder = new LineDecoder(65_536);
    const packet = new Uint8Array(524_288).fill(0x78);
    const before = heldByBuffers();
    for (let megabytes = 0; megabytes < 64; megabytes++) {
      decoder.push(packet);
      while (decoder.next() !== undefined);
    }
    expect(heldByBuffers() - before).toBeLessThan(1_000_000);
  });

  test("nor of many that come in small packets", () => {
    const decoders = Array.from({ length: 400 }, () => new LineDecoder(70_000));
    const packet = new Uint8Array(1_000).fill(0x78);
    const before = heldByBuffers();
    for (const decoder of decoders) {
      for (let bytes = 0; bytes < 70_000; bytes += packet.length) {
        decoder.push(packet);
        decoder.next();
      }
    }
    // Twice the limit would be 51 MB.
    expect(heldByBuffers() - before).toBeLessThan(40_000_000);
    expect(decoders.map((decoder) => decoder.next())).toEqual(decoders.map(() => undefined));
  });
});
