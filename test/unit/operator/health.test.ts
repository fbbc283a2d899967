import { describe, expect, test } from "bun:test";
import { healthOf } from "../../../lib/operator/health.ts";

const WELL = { isStopping: false, isAway: false, log: { isFailing: false } };

describe("healthOf", () => {
  test("is ok where nothing is wrong, also if nothing is known of the log", () => {
    expect(healthOf(WELL)).toEqual({ status: 200, text: "ok" });
    expect(healthOf({ ...WELL, log: undefined })).toEqual({ status: 200, text: "ok" });
  });

  test("says all that is wrong, and is still there for those who are connected", () => {
    const log = { isFailing: true };
    expect(healthOf({ ...WELL, isAway: true, log })).toEqual({
      status: 200,
      text: "degraded: Redis is away, and what people say waits; the log cannot be written",
    });
    expect(healthOf({ ...WELL, log })).toEqual({
      status: 200,
      text: "degraded: the log cannot be written",
    });
  });

  test("wants nobody any more once the server stops, whatever else is wrong", () => {
    const stopping = { isStopping: true, isAway: true, log: { isFailing: true } };
    expect(healthOf(stopping)).toEqual({ status: 503, text: "stopping" });
  });
});
