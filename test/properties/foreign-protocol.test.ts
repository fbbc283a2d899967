import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ProtocolDetector } from "../../lib/connection/foreign-protocol.ts";
import { packets } from "./bytes.ts";
import { check } from "./check.ts";

function detect(cut: Uint8Array[]): string | undefined {
  const detector = new ProtocolDetector();
  return cut.map((packet) => detector.push(packet)).find((protocol) => protocol !== undefined);
}

const word = fc.constantFrom(
  ..."\r|\n|GET|PRI|OPTIONS|CONNECT| | /| * |http|:|a:1|SSH|-|2.0|\x16|\x03|\0|\x05".split("|"),
  "\n".repeat(60),
);
const begin = fc.array(word, { maxLength: 6 }).map((words) => words.join(""));

describe("ProtocolDetector", () => {
  test("detects the same in the same bytes, however they are cut", () => {
    check(
      fc.property(begin, packets, fc.nat(80), (begin, rest, place) => {
        const bytes = Buffer.concat([Buffer.from(begin, "latin1"), ...rest]);
        const bySingle = Array.from(bytes, (byte) => Uint8Array.of(byte));
        const protocol = detect([bytes]);
        expect(detect(bySingle)).toBe(protocol);
        expect(detect([bytes.subarray(0, place), bytes.subarray(place)])).toBe(protocol);
        expect(detect([Buffer.from(begin, "latin1"), ...rest])).toBe(protocol);
      }),
      2_000,
    );
  });
});
