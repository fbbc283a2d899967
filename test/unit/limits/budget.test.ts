import { describe, expect, jest, test } from "bun:test";
import { Budget } from "../../../lib/limits/budget.ts";
import { stopClock } from "../../helpers/clock.ts";

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

  test("may get another burst and rate, and what was spent stays spent", () => {
    const budget = new Budget(3, 10);
    budget.spend(5);
    expect(budget.waitMs).toBe(300);
    budget.change(3, 100);
    expect(budget.waitMs).toBe(30);
    budget.change(5, 100);
    expect(budget.waitMs).toBe(10);
    budget.change(5, 0);
    expect([budget.waitMs, budget.isFull]).toEqual([0, true]);
    budget.change(1, 10);
    expect(budget.waitMs).toBe(0);
    budget.spend(1);
    expect(budget.waitMs).toBe(100);
  });

  test("a rate of 0 is no limit", () => {
    const budget = new Budget(1, 0);
    budget.spend(1_000_000);
    expect([budget.waitMs, budget.isFull]).toEqual([0, true]);
  });
});
