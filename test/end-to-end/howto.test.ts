import { describe, jest, test } from "bun:test";
import { OPTIONS } from "../../lib/options/options.ts";
import { scenarios } from "./howto-scenarios.ts";
import { stopClock } from "../helpers/clock.ts";
import { WAYS_IN } from "../helpers/ways-in.ts";

stopClock();

describe.each([...WAYS_IN])("on the wire natter is the how-to's server, over $name:", (way) => {
  for (const scenario of scenarios) {
    if (scenario.needsReset && !way.hasResets) continue;
    test(scenario.name, async () => {
      const options = scenario.isBulk ? { lineRate: 0 } : {};
      await using server = way.start(options);
      await scenario.run({
        target: server.target,
        pass: async (part) => void jest.advanceTimersByTime(part * OPTIONS.idleTimeoutMs.default),
      });
    });
  }
});
