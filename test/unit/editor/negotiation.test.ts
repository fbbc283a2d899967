import { describe, expect, test } from "bun:test";
import { TelnetFilter } from "../../../lib/connection/telnet.ts";
import { Negotiation } from "../../../lib/editor/negotiation.ts";
import { cuts } from "../../helpers/cuts.ts";

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255];
const [ECHO, SGA, TTYPE, NAWS, LINEMODE] = [1, 3, 24, 31, 34];

type Bytes = (number | string)[];
const bytes = (...parts: Bytes) =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
  );

const ASK_TYPE = [IAC, SB, TTYPE, 1, IAC, SE];
const AGREE = [IAC, DO, ECHO, IAC, DO, SGA];

/** A filter whose server has made the offer, after packets. */
function run(packets: Iterable<Uint8Array>) {
  const filter = new TelnetFilter();
  const negotiation = new Negotiation();
  filter.options = negotiation;
  const data: Uint8Array[] = [];
  for (const packet of packets) data.push(filter.filter(packet));
  const answers = filter.takeCommands()?.answers ?? bytes();
  const { phase, terminal, isTypeSettled, window } = negotiation;
  return {
    data: Buffer.concat(data).toString(),
    said: bytes(...negotiation.takeReplies(), ...answers),
    phase,
    terminal,
    isTypeSettled,
    window,
  };
}

describe("Negotiation", () => {
  test("offers four options, and takes back the same", () => {
    expect(bytes(...Negotiation.offer())).toEqual(
      bytes(IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DO, NAWS, IAC, DO, TTYPE),
    );
    expect(bytes(...Negotiation.end())).toEqual(
      bytes(IAC, WONT, ECHO, IAC, WONT, SGA, IAC, DONT, NAWS, IAC, DONT, TTYPE),
    );
  });

  const open = { data: "", said: bytes(), phase: "open", terminal: "", isTypeSettled: false };
  const unknown = { columns: 0, rows: 0 };
  const table: [what: string, input: Bytes, found: object][] = [
    ["nothing is no answer", ["hi\n"], { data: "hi\n" }],
    ["both halves of the end of line mode are needed", [IAC, DO, ECHO], {}],
    ["they are agreed", AGREE, { phase: "agreed" }],
    [
      "a refusal ends nothing, since it may be an old one",
      [IAC, DONT, ECHO, ...AGREE],
      { phase: "agreed" },
    ],
    ["switched off again it is over", [...AGREE, IAC, DONT, ECHO], { phase: "over" }],
    [
      "and stays so",
      [...AGREE, IAC, DONT, SGA, IAC, DO, SGA],
      { phase: "over", said: bytes(IAC, 252, SGA) },
    ],
    [
      "a window's size",
      [IAC, WILL, NAWS, IAC, SB, NAWS, 1, 44, 0, 24, IAC, SE],
      { window: { columns: 300, rows: 24 } },
    ],
    [
      "a size with an IAC in it",
      [IAC, WILL, NAWS, IAC, SB, NAWS, 0, IAC, IAC, 0, 24, IAC, SE],
      { window: { columns: 255, rows: 24 } },
    ],
    ["no size before it is agreed", [IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE], {}],
    ["no size that is cut off", [IAC, WILL, NAWS, IAC, SB, NAWS, 0, 80, IAC, SE], {}],
    [
      "no size that another command ends",
      [IAC, WILL, NAWS, IAC, SB, NAWS, 0, 80, 0, 24, IAC, 249],
      {},
    ],
    [
      "a type is asked for once",
      [IAC, WILL, TTYPE, IAC, WILL, TTYPE],
      { said: bytes(...ASK_TYPE) },
    ],
    [
      "a type",
      [IAC, WILL, TTYPE, IAC, SB, TTYPE, 0, "XTERM", IAC, SE],
      { said: bytes(...ASK_TYPE), terminal: "xterm", isTypeSettled: true },
    ],
    ["no type", [IAC, WONT, TTYPE], { isTypeSettled: true }],
    ["no question for a type is an answer", [IAC, SB, TTYPE, 1, IAC, SE], {}],
    [
      "other options are refused",
      [IAC, WILL, LINEMODE, IAC, DO, NAWS],
      { said: bytes(IAC, DONT, LINEMODE, IAC, WONT, NAWS) },
    ],
    [
      "a very long subnegotiation is cut",
      [IAC, SB, TTYPE, 0, "x".repeat(100), IAC, SE],
      { terminal: "x".repeat(62), isTypeSettled: true },
    ],
    ["an interrupt is Ctrl-C", ["a", IAC, 244], { data: "a\x03" }],
  ];
  test.each(table)("%s, however it is cut", (_, input, found) => {
    for (const packets of cuts(bytes(...input))) {
      expect(run(packets)).toEqual({ ...open, window: unknown, ...found } as never);
    }
  });

  test("no exchange goes on for ever", () => {
    const flood = Buffer.concat(
      Array(10_000).fill(bytes(...AGREE, IAC, WILL, NAWS, IAC, WILL, TTYPE)),
    );
    expect(run([flood]).said).toEqual(bytes(...ASK_TYPE));
  });
});
