import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Chunk } from "../../lib/room/chunk.ts";
import { PROMPT } from "../../lib/options/options.ts";
import { SendQueue } from "../../lib/connection/send-queue.ts";
import { check, LOADED_MS } from "./check.ts";
import { expectLinear } from "./linear.ts";
import { SendQueueModel } from "./send-queue-model.ts";
import { accepted, limit, steps, type Step } from "./send-queue-steps.ts";

/** Carries out the steps. `accepts` says how much each write takes. After that writes take everything. */
function run(steps: Step[], accepts: number[], limitBytes: number): string {
  const script = [...accepts];
  let sent = "";
  const model = new SendQueueModel(limitBytes);
  const write = (bytes: Uint8Array) => {
    const accepted = Math.min(script.shift() ?? Infinity, bytes.length);
    const text = Buffer.from(bytes).toString("latin1");
    sent += text.slice(0, Math.max(0, accepted));
    model.write(text, accepted);
    return accepted;
  };
  const queue = new SendQueue({ write }, limitBytes);
  const drains = [Infinity, ...accepts].map(() => ({ does: "drain" }) as const);
  for (const step of [...steps, ...drains]) {
    const before = sent.length;
    const result = carryOut(step, queue, model);
    if (result !== undefined && result >= 0) expect(sent.length - before).toBe(result);
    expect(queue.bytes).toBe(model.bytes);
    expect(queue.chargedBytes).toBe(model.chargedBytes);
    expect(queue.blockedBytes).toBe(model.blockedBytes);
    expect(queue.blockedBytes).toBeLessThanOrEqual(
      Math.max(model.limitBytes, model.uncuttableBytes),
    );
  }
  expect([queue.bytes, queue.chargedBytes]).toEqual([0, 0]);
  return sent;
}

/** Carries out one step with the queue and the model. Returns what a call that writes returns. */
function carryOut(step: Step, queue: SendQueue, model: SendQueueModel): number | undefined {
  switch (step.does) {
    case "cutTo":
      model.cutTo(step.bytes);
      return void queue.cutTo(step.bytes);
    case "clear":
      model.clear();
      return void queue.clear();
    case "push":
    case "pushLast":
      if (step.does === "pushLast") model.limitBytes = Infinity;
      model.push(step.text);
      return void queue[step.does](step.chunk);
    case "drain":
      model.drained();
  }
  if (step.does === "send") model.push(step.text);
  const result = step.does === "send" ? queue.send(step.chunk) : queue[step.does]();
  model.settle();
  return result;
}

const TOKEN = new RegExp(`(\\d+):x*\n|\\*\\*\\* (\\d+) lines? skipped: [^\n]*\n|${PROMPT}`, "y");

/** How many lines a reader has seen or was told are missing, each in its place. */
function readLines(sent: string): number {
  let [next, missing] = [0, 0];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sent.length) {
    const [token, number, count] = TOKEN.exec(sent) ?? [];
    if (token === undefined) throw new Error(`not whole lines: ${sent}`);
    if (count !== undefined) missing += Number(count);
    if (number === undefined) continue;
    expect(Number(number)).toBe(next + missing);
    [next, missing] = [Number(number) + 1, 0];
  }
  return next + missing;
}

describe("SendQueue", () => {
  test(
    "does as the model does, whatever the socket takes, also with what it shares with others",
    () => {
      const closes = fc.oneof({ weight: 9, arbitrary: accepted }, fc.constant(-1));
      check(
        fc.property(
          steps,
          fc.array(closes),
          fc.array(closes),
          limit,
          (steps, one, other, limit) => {
            for (const accepts of [one, other]) run(steps, accepts, limit);
          },
        ),
        700,
      );
    },
    LOADED_MS,
  );

  test(
    "a reader gets whole lines in order, and at each gap how many are missing",
    () => {
      check(
        fc.property(steps, fc.array(accepted), limit, (steps, accepts, limit) => {
          const kept = steps.filter(({ does }) => does !== "clear");
          const lines = kept.flatMap((step) =>
            "text" in step ? (step.text.match(/\n/g) ?? []) : [],
          );
          expect(readLines(run(kept, accepts, limit))).toBe(lines.length);
        }),
        700,
      );
    },
    LOADED_MS,
  );

  test(
    "takes linear time, also where every push drops lines",
    () => {
      check(
        fc.property(accepted, fc.integer({ min: 1, max: 9 }), (accepted, lines) => {
          const chunk = Chunk.of("some text\n".repeat(lines));
          expectLinear(2_048, (size) => {
            const queue = new SendQueue(
              { write: (bytes) => Math.min(accepted, bytes.length) },
              60_000,
            );
            for (let count = 0; count < size; count++) queue.send(chunk);
            queue.drain();
          });
        }),
        6,
      );
    },
    LOADED_MS,
  );
});
