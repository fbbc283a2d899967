import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { safeText } from "../../lib/text/safe-text.ts";
import { check, LOADED_MS } from "./check.ts";
import { expectLinear } from "./linear.ts";
import { hostileLine, hostileUnit, sequence } from "./text.ts";

/** Characters that a terminal does not show as text, except the tab; by name where Unicode has one. */
const OBEYED = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe("safeText", () => {
  test("lets nothing through that a terminal obeys", () => {
    check(
      fc.property(hostileLine, (line) => {
        const shown = safeText(line);
        expect(shown).not.toMatch(OBEYED);
        expect(Bun.stripANSI(shown)).toBe(shown);
      }),
      2_000,
    );
  });

  test("leaves what is safe as it is", () => {
    check(
      fc.property(hostileLine, (line) => {
        const shown = safeText(line);
        expect(safeText(shown)).toBe(shown);
        if (!OBEYED.test(line)) expect(shown).toBe(line);
      }),
      1_000,
    );
  });

  test("adds nothing and changes no order", () => {
    check(
      fc.property(hostileLine, (line) => {
        const rest = [...line][Symbol.iterator]();
        for (const character of safeText(line.toWellFormed())) {
          expect(rest.some((other) => other.toWellFormed() === character)).toBe(true);
        }
      }),
      1_000,
    );
  });

  test("removes an escape sequence whole, wherever it is", () => {
    check(
      fc.property(hostileLine, sequence, hostileLine, (before, sequence, after) => {
        const [left, right] = [safeText(before), safeText(after)];
        expect(safeText(left + sequence + right)).toBe(left + right);
      }),
      500,
    );
  });

  test("edits a line as a terminal does", () => {
    const key = fc.constantFrom("a", "é", "👋", "\t", " ", "\b", "\x7f", "\x15");
    check(
      fc.property(fc.array(key), (keys) => {
        const typed: string[] = [];
        for (const each of keys) {
          if (each === "\x15") typed.splice(0);
          else if (each === "\b" || each === "\x7f") typed.splice(-1);
          else typed.push(each);
        }
        expect(safeText(keys.join(""))).toBe(typed.join(""));
      }),
      500,
    );
  });

  test(
    "takes linear time for anything that is repeated, and then something else",
    () => {
      check(
        fc.property(hostileUnit, hostileUnit, hostileLine, (one, other, start) => {
          expectLinear(4_096, (size) => {
            const half = (unit: string) => unit.repeat(size / 2 / unit.length);
            safeText(start + half(one) + half(other));
          });
        }),
        20,
      );
    },
    LOADED_MS,
  );
});
