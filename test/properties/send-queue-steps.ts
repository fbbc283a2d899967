import fc from "fast-check";
import { Chunk } from "../../lib/room/chunk.ts";
import { PROMPT } from "../../lib/options/options.ts";

export type Step =
  | { does: "push" | "send" | "pushLast"; text: string; chunk: Chunk }
  | { does: "flush" | "drain" | "clear" }
  | { does: "cutTo"; bytes: number };

const length = fc.oneof(
  { weight: 10, arbitrary: fc.nat(9) },
  { weight: 10, arbitrary: fc.nat(600) },
  { weight: 1, arbitrary: fc.constant(40_000) },
);

/** How many characters each line of a chunk has, and whether a prompt comes last. */
const shape = fc.record({
  lengths: fc.array(length, { maxLength: 5 }),
  isPrompt: fc.boolean(),
});

const order = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constantFrom("push", "send"), shape }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom("flush", "drain") }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("cutTo"), bytes: fc.nat(3_000) }) },
);
const lastOrder = fc.record({ does: fc.constantFrom("pushLast"), shape });
const clear = fc.constant({ does: "clear" });

/** Orders to a queue, whose lines are numbered from 0. */
export const steps = fc
  .tuple(fc.array(order), fc.array(fc.oneof(order, lastOrder, clear), { maxLength: 5 }))
  .map(([orders, more]) => {
    let lines = 0;
    return [...orders, ...more].map((order) => {
      if (!("shape" in order)) return order as Step;
      const { lengths, isPrompt } = order.shape;
      const text = lengths.map((length) => `${lines++}:${"x".repeat(length)}\n`).join("");
      const all = isPrompt ? text + PROMPT : text;
      return { does: order.does, text: all, chunk: Chunk.of(all) } as Step;
    });
  });

/** How many bytes a write takes. */
export const accepted = fc.oneof(fc.nat(30), fc.nat(3_000), fc.constantFrom(0, Infinity, Infinity));
export const limit = fc.oneof(fc.nat(5_000), fc.constant(Infinity));
