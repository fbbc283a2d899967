import { describe, expect, test } from "bun:test";
import { GOODBYES } from "../../../lib/text/messages.ts";
import {
  findFlaw,
  foldName,
  readName,
  suggestName,
  type NameFlaw,
} from "../../../lib/text/names.ts";
import { isOneScript } from "../../../lib/text/one-script.ts";

const LIMIT = 32;

describe("readName", () => {
  const table: [line: string, name: string][] = [
    ["  Bob \r", "Bob"],
    ["\u3000日本\xa0", "日本"],
    ["\ufeffBob", "Bob"],
    ["B\x1b[31mob\x1b[0m\x07", "Bob"],
    ["Bill\b\bob\b\x7f\x7f\x7fBob", "Bob"],
    ["B\u200do\u200cb", "Bob"],
    [" \x1b[A\u200d ", ""],
    ["Zoe\u0308", "Zoë"],
    ["\u1100\u1161\u11a8", "각"],
  ];
  for (const [line, name] of table) {
    test(`reads ${JSON.stringify(line)} as ${JSON.stringify(name)}`, () => {
      expect(readName(line, 32)).toBe(name);
    });
  }

  test("reads the longest possible name whole, and enough of a longer line to show that it is too long", () => {
    const letter = "\u1f82"; // A Greek letter of four parts.
    expect(readName(letter.repeat(32).normalize("NFD"), 32)).toBe(letter.repeat(32));
    for (const line of [
      letter.repeat(33),
      `a${"\u0315\u0300\u05ae\u0327".repeat(16_000)}`,
      "\u{1f600}".repeat(33),
    ]) {
      const name = readName(line, 32);
      expect(name.length).toBeLessThanOrEqual(257);
      expect(findFlaw(name, 32)).toBe("length");
    }
  });
});

describe("findFlaw", () => {
  const allowed = [
    "B",
    "Bob",
    "bob_2.0-x",
    "7of9",
    "x".repeat(32),
    "𝒳".repeat(32),
    "Hawaiʻi",
    "Zoë",
    "Zoe\u0308",
    "Nguye\u0302\u0303n",
    "Ѳёдор",
    "Σωκράτης",
    "שרה",
    "علی",
    "علی۲",
    "राज",
    "ज\u093cो\u0902",
    "สมชาย",
    "日本太郎",
    "さくら",
    "サクラ-さくら-桜",
    "Ken健けんケン",
    "김철수",
    "Kim김金",
    "ㄅㄆㄇ-Bo-包",
    "ᏣᎳᎩ",
    "Ｂｏｂ",
    "Disconnected2",
    "Disconnectecl",
    "D1sc0nnécted_",
    "Disconnect",
    "Reconnected",
    "Ngã-Nguyễn-Ế",
    "ᾯδή",
    "Enter",
  ];
  for (const name of allowed) {
    test(`allows ${JSON.stringify(name)}`, () => expect(findFlaw(name, LIMIT)).toBeUndefined());
  }

  const refused: [name: string, flaw: NameFlaw, suggestion?: string][] = [
    ["Mary Jane", "spaces", "Mary-Jane"],
    ["Mary \u00a0\u3000& Jane", "spaces", "Mary-Jane"],
    ["*** Bob has joined the chat ***", "spaces", "Bob-has-joined-the-chat"],
    ["Bob: hi Alice", "spaces", "Bob-hi-Alice"],
    [`${"long ".repeat(9)}name`, "length"],
    ["a ".repeat(32_768), "length"],
    ["Disconnected\u1161", "characters"],
    ["Bob\u11a8", "characters", "Bob"],
    ["Bob\ud7b0", "characters", "Bob"],
    ["Bobꓽ", "characters", "Bob"],
    ["Bob:", "characters", "Bob"],
    ["***", "characters"],
    ["[private]", "characters", "private"],
    ["O'Neil", "characters", "ONeil"],
    ["Bob\ufffd", "characters", "Bob"],
    ["🦊", "characters"],
    ["🦊Fox", "characters", "Fox"],
    ["Zoe🦊\u0308", "characters", "Zoë"],
    ["Bob²", "characters", "Bob"],
    ["@bob", "characters", "bob"],
    ["Bob\ufe0f", "characters", "Bob"],
    ["Bob\u034f", "characters", "Bob"],
    ["Bob\u{e0100}", "characters", "Bob"],
    ["\u3164", "characters"],
    ["\u115fBob", "characters", "Bob"],
    ["Bob\u200b", "characters", "Bob"],
    ["Bob\u2060", "characters", "Bob"],
    ["B\u00adob", "characters", "Bob"],
    ["\u2800", "characters"],
    ["-bob", "start", "bob"],
    ["._.bob", "start", "bob"],
    ["___", "start"],
    ["\u0301bob", "start", "bob"],
    ["x".repeat(33), "length"],
    ["𝒳".repeat(33), "length"],
    ["Z\u0300\u0301\u0302a", "marks", "Z\u0300\u0301a"],
    ["ก\u0e47\u0e47\u0e47\u0e47", "marks", "ก\u0e47\u0e47"],
    ["Bоb", "scripts"],
    ["Αlice", "scripts"],
    ["Во𝖻", "scripts"],
    ["𝐁о𝐛", "scripts"],
    ["aℵ", "scripts"],
    ["Bob김さ", "scripts"],
    ["Bob৪", "scripts"],
    ["Лㄅ", "scripts"],
    ["日ㄅか", "scripts"],
    ["Disconnected", "reserved"],
    ["DISCONNECTED", "reserved"],
    ["Ｄisconnected", "reserved"],
    ["Dısconnected", "reserved"],
    ["Bob\u2d7f", "characters", "Bob"],
    ["Bob\u{16fe4}", "characters", "Bob"],
    ["Bob\u{1d167}", "characters", "Bob"],
    ["Bob\u{1d17b}", "characters", "Bob"],
    ["Bob\u{1cf00}", "characters", "Bob"],
    ["Bob\u{1da00}", "characters", "Bob"],
    ["ᴅɪsᴄonnected", "characters", "ɪsonnected"],
    ["Aliceː", "characters", "Alice"],
    ["Alice\u{10781}", "characters", "Alice"],
    ["Αλίκηͺ", "characters", "Αλίκη"],
    ["علي\ufe7c", "characters", "علي"],
    ["\ufdfa", "characters"],
    ["ǃfoo", "characters", "foo"],
    ["ʽx", "characters", "x"],
    ["ế\u0300\u0300", "marks"],
  ];
  for (const [name, flaw, suggestion] of refused) {
    test(`refuses ${JSON.stringify(name)}: ${flaw}`, () => {
      expect(findFlaw(name, LIMIT)).toBe(flaw);
      expect(suggestName(name, LIMIT)).toBe(suggestion);
    });
  }

  test("refuses everything that the server's own sentences begin with", () => {
    for (const goodbye of Object.values(GOODBYES)) {
      const [, first = ""] = /^(\S+): /.exec(goodbye) ?? [];
      expect([first, findFlaw(first || "***", LIMIT)]).not.toEqual([first, undefined]);
    }
  });

  test("allows only letters, marks and digits that can be seen, and _ - .", () => {
    for (let code = 0; code <= 0x10_ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const isAllowed = findFlaw(`7${character}`, LIMIT) === undefined;
      const isName = /^[\p{L}\p{M}\p{Nd}_.-]$/u.test(character);
      const isVisible =
        !/[\p{Default_Ignorable_Code_Point}ǀ-ǃʰ-ʺʽ-˿ᄀ-ᇿᴀ-ᶿꓸ-ꓽꥠ-꥿ힰ-\ud7ff\u{10780}-\u{107bf}ͺ\ufc5e-\ufc63\ufdfa\ufdfb\ufe70-\ufe7f\u2d7f\u{16fe4}\u{1cf00}-\u{1cfcf}\u{1d000}-\u{1d24f}\u{1d800}-\u{1daaf}]/u.test(
          character,
        );
      if (isAllowed !== (isName && isVisible)) throw new Error(code.toString(16));
    }
  });
});

describe("isOneScript", () => {
  test("knows a script for every character", () => {
    for (let code = 0; code <= 0x10_ffff; code++) {
      const character = String.fromCodePoint(code);
      if (!/[\p{L}\p{M}\p{Nd}]/u.test(character)) continue;
      if (!isOneScript(character)) throw new Error(`U+${code.toString(16)} is of no script`);
    }
  });
});

describe("foldName", () => {
  const same: [string, string][] = [
    ["Bob", "bob"],
    ["BOB", "bob"],
    ["Zoë", "Zoe\u0308"],
    ["ÉMILE", "e\u0301mile"],
    ["Ｂｏｂ", "Bob"],
    ["ﬁn", "FIN"],
    ["Å", "\u212b"],
    ["ΣΟΦΟΣ", "σοφος"],
    ["σοφοσ", "σοφος"],
    ["Straße", "STRASSE"],
    ["Bıll", "Bill"],
    ["ſam", "sam"],
    ["Weiß", "WEIẞ"],
    ["ΜΑΐ", "ΜΑΪ\u0301"],
    ["Brian", "Bri\u0307an"],
    ["İstanbul", "istanbul"],
    ["Thị\u0307", "Thị"],
    ["Į\u0307", "į"],
    ["Ки\u0456\u0307в", "Киів"],
    ["Bri\u0307\u0307an", "Brian"],
    ["ℋenry", "henry"],
    ["\u1fba\u0300\u0345", "\u1fb2\u0300"],
  ];
  for (const [one, other] of same) {
    test(`${one} and ${other} are the same name`, () => {
      expect(foldName(one)).toBe(foldName(other));
    });
  }

  const different: [string, string][] = [
    ["Bob", "Bobby"],
    ["Zoe", "Zoë"],
    ["a-b", "ab"],
    ["Z\u0307", "Z"],
    ["i\u0301\u0307", "i\u0301"],
  ];
  for (const [one, other] of different) {
    test(`${one} and ${other} are two names`, () => {
      expect(foldName(one)).not.toBe(foldName(other));
    });
  }
});
