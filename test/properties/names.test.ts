import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { refuseName } from "../../lib/conversation/name-refusal.ts";
import { findFlaw, foldName, readName, suggestName } from "../../lib/text/names.ts";
import { check, LOADED_MS } from "./check.ts";
import { expectLinear } from "./linear.ts";
import { attempt, hostileName, nameUnit } from "./names.ts";

const LIMIT = 32;

const isAllowed = (name: string) => name !== "" && findFlaw(name, LIMIT) === undefined;

/** Names that people may have. One in a few attempts is allowed. */
const allowedName = attempt.map((line) => readName(line, LIMIT)).filter(isAllowed);

/** Scripts that may not be mixed with each other. */
const SCRIPTS = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Cherokee",
  "Hebrew",
  "Arabic",
  "Thai",
].map((script) => new RegExp(`\\p{Script=${script}}`, "u"));

/** Characters that no name may have, because they cannot be seen or look like something else. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}\p{White_Space}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;

describe("names", () => {
  test("take any line", () => {
    check(
      fc.property(hostileName, fc.nat(40), (line, limit) => {
        const name = readName(line, limit);
        const refusal = refuseName(name, limit, { find: foldName });
        expect(refusal === undefined).toBe(findFlaw(name, limit) === undefined);
        if (refusal !== undefined) expect(refusal).toMatch(/^Names .*\.\n$/);
        for (const raw of [line, name]) [findFlaw, suggestName].map((each) => each(raw, limit));
      }),
      500,
    );
  });

  test("that are allowed hide nothing, have one to 32 characters and no space in their key", () => {
    check(
      fc.property(allowedName, (name) => {
        expect(name).not.toMatch(HIDDEN);
        expect([...name].length).toBeWithin(1, LIMIT + 1);
        expect(foldName(name)).not.toMatch(HIDDEN);
        expect(refuseName(name, LIMIT, { find: () => undefined })).toBeUndefined();
      }),
      500,
    );
  });

  test("are read as the same name, in whatever form they are sent", () => {
    check(
      fc.property(allowedName, fc.constantFrom("NFC", "NFD"), (name, form) => {
        expect(readName(` ${name.normalize(form)}\t`, LIMIT)).toBe(name);
        expect(suggestName(name, LIMIT)).toBe(name);
      }),
      500,
    );
  });

  test("are suggested exactly as somebody gets them who takes the suggestion", () => {
    check(
      fc.property(attempt, (line) => {
        const suggestion = suggestName(readName(line, LIMIT), LIMIT);
        if (suggestion === undefined) return;
        expect(findFlaw(suggestion, LIMIT)).toBeUndefined();
        expect(readName(suggestion, LIMIT)).toBe(suggestion);
      }),
      1_000,
    );
  });

  test("are suggested only if nobody has them", () => {
    check(
      fc.property(attempt, fc.boolean(), (line, isTaken) => {
        const name = readName(line, LIMIT);
        const suggestion = suggestName(name, LIMIT);
        const key = suggestion && foldName(suggestion);
        const find = (other: string) => (isTaken && other === key ? {} : undefined);
        const isSuggested = refuseName(name, LIMIT, { find })?.includes(". Try ") ?? false;
        const isOfUse = !isAllowed(name) && name !== "" && suggestion !== undefined;
        expect(isSuggested).toBe(isOfUse && !isTaken);
      }),
      300,
    );
  });

  test("have one key, in whatever case, width and form they are written", () => {
    check(
      fc.property(attempt, (name) => {
        const key = foldName(name);
        expect(foldName(key)).toBe(key);
        for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) {
          expect(foldName(name.normalize(form))).toBe(key);
        }
        const plain = name.normalize("NFKD");
        const same = [plain.toUpperCase(), plain.toLowerCase(), fullWidth(plain)];
        for (const other of same) expect(foldName(other)).toBe(key);
      }),
      2_000,
    );
  });

  test("have no other key with a dot above a letter that has one", () => {
    check(
      fc.property(attempt, fc.integer({ min: 1, max: 2 }), (name, dots) => {
        const dotted = name
          .normalize("NFKC")
          .replace(/\p{Soft_Dotted}/gu, `$&${"\u0307".repeat(dots)}`);
        expect(foldName(dotted)).toBe(foldName(name));
      }),
      500,
    );
  });

  test("have no letters of two scripts that look like each other, in whatever form", () => {
    check(
      fc.property(allowedName, (name) => {
        for (const form of ["NFC", "NFKD"]) {
          const present = SCRIPTS.filter((script) => script.test(name.normalize(form)));
          expect(present.length).toBeLessThanOrEqual(1);
        }
      }),
      1_000,
    );
  });

  test("have different keys if they differ in more than that", () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,4}$/);
    check(
      fc.property(word, word, (one, other) => {
        expect(foldName(one) === foldName(other)).toBe(one === other);
      }),
      500,
    );
  });

  test(
    "take linear time, whatever is repeated in one",
    () => {
      check(
        fc.property(nameUnit, nameUnit, (one, other) => {
          expectLinear(4_096, (size) => {
            const half = (unit: string) => unit.repeat(size / 2 / unit.length);
            const line = half(one) + half(other);
            refuseName(readName(line, LIMIT), LIMIT, { find: foldName });
            for (const limit of [LIMIT, Infinity]) {
              findFlaw(line, limit);
              suggestName(line, limit);
            }
          });
        }),
        6,
      );
    },
    LOADED_MS,
  );
});

/** ASCII as East Asian keyboards may type it. */
function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0));
}
