import { expect, test } from "bun:test";
import { together } from "../../../lib/operator/log-state.ts";

const WELL = { waitingLines: 1, lostLines: 20, isFailing: false };

test("lines that wait and that are lost are summed, of all that is known", () => {
  expect(together(WELL, undefined, { ...WELL, waitingLines: 3 })).toEqual({
    waitingLines: 4,
    lostLines: 40,
    isFailing: false,
  });
  expect(together(undefined, WELL)).toEqual(WELL);
});

test("it fails if one of them fails", () => {
  const failing = { ...WELL, isFailing: true };
  expect(together(failing, WELL)?.isFailing).toBe(true);
  expect(together(WELL, failing)?.isFailing).toBe(true);
});

test("nothing is known where nothing is known of any", () => {
  expect(together(undefined, undefined)).toBeUndefined();
});
