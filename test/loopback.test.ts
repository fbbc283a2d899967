import { expect, test } from "bun:test";
import fc from "fast-check";
import { playOnLoopback } from "./simulation/loopback.ts";
import { loopbackScripts } from "./simulation/script.ts";
import { simulate } from "./simulation/simulation.ts";
import type { Step } from "./simulation/step.ts";

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
