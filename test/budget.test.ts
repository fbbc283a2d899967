import { describe, expect, jest, test } from "bun:test";
import { LOOPBACK } from "../lib/address.ts";
import { Budget } from "../lib/budget.ts";
import { JoinBudgets } from "../lib/join-budgets.ts";
import { stopClock } from "./clock.ts";

stopClock({ leavesNoTimer: true });

describe("Budget", () => {
  test("may be spent at once, and refills at its rate", () => {
    const budget = new Budget(3, 10);
    for (let spent = 0; spent < 3; spent++) {
      expect(budget.waitMs).toBe(0);
      budget.spend(1);
    }
    expect(budget.waitMs).toBe(100);
    jest.advanceTimersByTime(60);
    expect(budget.waitMs).toBe(40);
    jest.advanceTimersByTime(40);
    expect(budget.waitMs).toBe(0);
    budget.spend(1);
    expect(budget.waitMs).toBe(100);
  });

  test("never holds more than its burst, however long it refills", () => {
    const budget = new Budget(3, 10);
    jest.advanceTimersByTime(1_000_000);
    budget.spend(3);
    expect(budget.waitMs).toBe(100);
  });

  test("may be overdrawn, and then takes longer", () => {
    const budget = new Budget(3, 10);
    budget.spend(64);
    expect(budget.waitMs).toBe(6_200);
    expect(budget.isFull).toBe(false);
    jest.advanceTimersByTime(6_400);
    expect(budget.isFull).toBe(true);
  });

  test("a rate of 0 is no limit", () => {
    const budget = new Budget(1, 0);
    budget.spend(1_000_000);
    expect([budget.waitMs, budget.isFull]).toEqual([0, true]);
  });
});

describe("JoinBudgets", () => {
  test("each origin has its own, and loopback needs none", () => {
    const budgets = new JoinBudgets(1, 2);
    for (const origin of ["192.0.2.1", LOOPBACK]) {
      budgets.spend(origin);
      budgets.spend(origin);
    }
    budgets.spend("192.0.2.3");
    const origins = ["192.0.2.1", "192.0.2.2", LOOPBACK];
    expect(origins.map((origin) => budgets.waitMs(origin))).toEqual([1_000, 0, 0]);
  });

  test("those that are full again are forgotten", () => {
    const budgets = new JoinBudgets(20, 2);
    for (let host = 0; host < 1_000; host++) {
      for (let join = 0; join < 20; join++) budgets.spend(`192.0.2.${host}`);
      jest.advanceTimersByTime(100);
    }
    expect(budgets.size).toBeLessThanOrEqual(101);
    jest.advanceTimersByTime(10_000);
    budgets.spend("192.0.2.1");
    expect(budgets.size).toBe(1);
  });

  test("one that is spent from again keeps no other from being forgotten", () => {
    const budgets = new JoinBudgets(20, 2);
    budgets.spend("192.0.2.1");
    budgets.spend("192.0.2.2");
    jest.advanceTimersByTime(400);
    for (let join = 0; join < 10; join++) budgets.spend("192.0.2.1");
    jest.advanceTimersByTime(400);
    budgets.spend("192.0.2.3");
    expect(budgets.size).toBe(2);
    expect([1, 2, 3].map((host) => budgets.isFull(`192.0.2.${host}`))).toEqual([
      false,
      true,
      false,
    ]);
  });
});
