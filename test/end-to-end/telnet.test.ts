import { describe, expect, test } from "bun:test";
import { TelnetFilter } from "../../lib/connection/telnet.ts";
import { cuts } from "../helpers/cuts.ts";

const [EOR, NOP, DM, IP, AYT, EC, EL] = [239, 241, 242, 244, 246, 247, 248];
const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255];
const [ECHO, SGA, TIMING_MARK, NAWS, EXOPL] = [1, 3, 6, 31, 255];

type Bytes = (number | string)[];
const bytes = (...parts: Bytes) =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
  );

/** The data that comes through the filter, and the answers. */
function run(packets: Iterable<Uint8Array>): { data: Buffer; answers: Buffer } {
  const filter = new TelnetFilter();
  const data: Uint8Array[] = [];
  const answers: Uint8Array[] = [];
  for (const packet of packets) {
    data.push(filter.filter(packet));
    answers.push(filter.takeCommands()?.answers ?? Buffer.alloc(0));
  }
  return { data: Buffer.concat(data), answers: Buffer.concat(answers) };
}

describe("TelnetFilter", () => {
  const table: [what: string, input: Bytes, data: Bytes, answers?: Bytes][] = [
    ["text is data", ["Grüße 👋\n"], ["Grüße 👋\n"]],
    ["commands are not", ["a", IAC, NOP, "b", IAC, AYT, IAC, DM, IAC, EOR, "c"], ["abc"]],
    ["IAC IAC is a byte of data", ["a", IAC, IAC, "b"], ["a", 255, "b"]],
    ["IAC IAC before a command's number", ["a", IAC, IAC, NOP, "b"], ["a", 255, NOP, "b"]],
    ["CR LF stays", ["a\r\nb\r\n"], ["a\r\nb\r\n"]],
    ["CR NUL becomes CR LF", ["a\r\0b\r\0"], ["a\r\nb\r\n"]],
    ["also with a command in between", ["a\r", IAC, NOP, 0, "b"], ["a\r\nb"]],
    ["a NUL elsewhere is data", ["\0a\0b\r\n\0"], ["\0a\0b\r\n\0"]],
    ["CR NUL NUL is one end", ["a\r\0\0b"], ["a\r\n\0b"]],
    ["the commands that edit a line do so", ["ab", IAC, EC, "c", IAC, EL], ["ab\bc\x15"]],
    [
      "the lowest command is EOF, the highest byte that is none is below it",
      [IAC, 236, IAC, 235],
      [235],
    ],
    [
      "an offer is refused",
      ["a", IAC, WILL, NAWS, "b", IAC, WILL, SGA],
      ["ab"],
      [IAC, DONT, NAWS, IAC, DONT, SGA],
    ],
    ["a request is refused", [IAC, DO, ECHO, "a"], ["a"], [IAC, WONT, ECHO]],
    ["of any option", [IAC, DO, EXOPL, "a"], ["a"], [IAC, WONT, EXOPL]],
    ["that an option is off is no news", [IAC, WONT, ECHO, IAC, DONT, SGA, "a"], ["a"]],
    [
      "Ctrl-C in telnet: the client waits for the answer",
      [IAC, IP, IAC, DO, TIMING_MARK, "a\r\n"],
      ["a\r\n"],
      [IAC, WONT, TIMING_MARK],
    ],
    ["a subnegotiation is not data", ["a", IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE, "b"], ["ab"]],
    ["not even with an IAC in it", ["a", IAC, SB, NAWS, IAC, IAC, SE, 1, IAC, SE, "b"], ["ab"]],
    [
      "another command ends it",
      ["a", IAC, SB, NAWS, 1, IAC, DO, ECHO, "b"],
      ["ab"],
      [IAC, WONT, ECHO],
    ],
    ["however long it is", ["a", IAC, SB, "x\n".repeat(500), IAC, SE, "b"], ["ab"]],
    [
      "what is no command after IAC is data: ÿ of Latin-1",
      ["a", IAC, "\nb", IAC, " c"],
      ["a\nb c"],
    ],
    ["a command that is not finished says nothing", ["a", IAC, DO], ["a"]],
  ];
  for (const [what, input, data, answers = []] of table) {
    test(`${what}, however it is cut`, () => {
      for (const packets of cuts(bytes(...input))) {
        expect(run(packets)).toEqual({ data: bytes(...data), answers: bytes(...answers) });
      }
    });
  }

  test("a request that is repeated in one packet is answered once, and again in the next", () => {
    const flood = Buffer.concat(Array(100_000).fill(bytes(IAC, DO, ECHO, IAC, WILL, SGA)));
    const once = bytes(IAC, WONT, ECHO, IAC, DONT, SGA);
    expect(run([flood, flood]).answers).toEqual(Buffer.concat([once, once]));
  });

  test("an empty packet changes nothing", () => {
    expect(run([bytes("a\r"), bytes(), bytes(0, IAC), bytes(), bytes(IAC)]).data).toEqual(
      bytes("a\r\n", 255),
    );
  });

  test("two ends that refuse everything fall silent", () => {
    const [one, other] = [new TelnetFilter(), new TelnetFilter()];
    one.filter(bytes(IAC, WILL, ECHO, IAC, DO, SGA));
    other.filter(one.takeCommands()?.answers ?? bytes());
    expect(other.takeCommands()?.answers).toEqual(new Uint8Array(0));
  });

  test("says how many bytes were commands", () => {
    const filter = new TelnetFilter();
    filter.filter(bytes("a\r\0", IAC, NOP, "b", IAC, IAC, IAC, SB, NAWS, 1));
    expect(filter.takeCommands()?.bytes).toBe(7);
    expect(filter.takeCommands()).toBeUndefined();
    filter.filter(bytes(2, IAC, SE, "c\0"));
    expect(filter.takeCommands()?.bytes).toBe(3);
  });

  test("does not change the bytes that it is given", () => {
    const input = bytes("a\r\0", IAC, IAC, IAC, EC);
    const before = Buffer.from(input);
    run([input]);
    expect(input).toEqual(before);
  });
});
