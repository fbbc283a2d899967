import { expect, test } from "bun:test";
import fc from "fast-check";
import { playOnLoopback } from "./loopback.ts";
import { loopbackScripts } from "./script.ts";
import { simulate } from "./simulation.ts";
import type { Step } from "./step.ts";

const SCRIPTS = 300;
const TEST_MS_MAX = 120_000;

test(
  `over real sockets ${SCRIPTS} scripts come to what they come to in the simulation`,
  async () => {
    const property = fc.asyncProperty(loopbackScripts, async (script) => {
      const steps: Step[] = [];
      const { received } = simulate(script, { onStep: (step) => void steps.push(step) });
      expect(await playOnLoopback(script, steps)).toEqual([...received]);
    });
    await fc.assert(property, {
      seed: 1,
      numRuns: SCRIPTS,
      interruptAfterTimeLimit: TEST_MS_MAX / 2,
      markInterruptAsFailure: true,
    });
  },
  TEST_MS_MAX,
);
