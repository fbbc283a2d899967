import { describe, expect, jest, test } from "bun:test";
import { Addresses } from "../../../lib/limits/addresses.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock({ leavesNoTimer: true });

const addressesWith = (given: Parameters<typeof resolveOptions>[0] = {}) =>
  new Addresses(resolveOptions(given));

describe("Addresses", () => {
  test("has one address for each key, with budgets of its own, and does not limit an exempt one", () => {
    const addresses = addressesWith({ joinBurst: 1, joinRate: 2, lineBurst: 1, lineRate: 1 });
    const [one, other] = [addresses.of("one", false), addresses.of("other", false)];
    expect(addresses.of("one", false)).toBe(one);
    const here = addresses.of("here", true);
    for (const { joins, lines } of [one, here]) {
      joins.spend(2);
      lines.spend(4);
    }
    const waits = [one, other, here].map(({ joins, lines }) => [joins.waitMs, lines.waitMs]);
    expect(waits).toEqual([
      [1_000, 250],
      [0, 0],
      [0, 0],
    ]);
    expect([one.isExempt, here.isExempt]).toEqual([false, true]);
  });

  test("forgets addresses without clients, once nothing of them counts any more", () => {
    const addresses = addressesWith();
    const stays = addresses.of("192.0.2.0", false);
    stays.clients = 1;
    addresses.of("192.0.2.1", false).abandonHold();
    for (let host = 2; host < 1_000; host++) {
      addresses.of(`192.0.${host >> 8}.${host & 255}`, false).joins.spend(20);
      jest.advanceTimersByTime(100);
    }
    expect(addresses.size).toBeLessThan(250);
    jest.advanceTimersByTime(60_000);
    for (let host = 0; host < 500; host++) addresses.of(`198.51.100.${host}`, false);
    expect(addresses.size).toBeLessThan(510);
    expect(addresses.of("192.0.2.0", false)).toBe(stays);
  });
});

describe("an address", () => {
  test("holds nobody for a minute after it gave up three holds within a minute", () => {
    const address = addressesWith().of("here", true);
    const abandon = (waitMs: number) => {
      address.abandonHold();
      const { mayHold } = address;
      jest.advanceTimersByTime(waitMs);
      return mayHold;
    };
    expect([abandon(40_000), abandon(20_001), abandon(0), abandon(59_999)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(address.mayHold).toBe(false);
    jest.advanceTimersByTime(1);
    expect(address.mayHold).toBe(true);
    expect([abandon(0), abandon(0), abandon(0)]).toEqual([true, true, false]);
  });
});
