/** What is measured: who talks to how many, and how. */
import type { Job } from "./load.ts";

export type Workload = Omit<Job, "port" | "dialect" | "seconds"> & {
  readonly about: string;
};

/** Nobody waits for anything but what the workload says, and nobody is stalled. */
const TALK = { window: 1, linesPerSecond: 0, stalled: 0 };

/** Everyone says a line whenever everyone else has said one. */
const talk = (people: number) => ({
  ...TALK,
  about: `${people} people, all of whom talk`,
  people,
  talkers: people,
  lines: Math.ceil(4_000_000 / people),
});

/** One talks, a hundred listen. */
const one = { ...TALK, people: 101, talkers: 1, lines: 2_000_000 };

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  "talk-32": talk(32),
  "talk-200": talk(200),
  "talk-1000": talk(1_000),
  stream: { ...one, window: 1_000, about: "one talks, 1,000 lines in flight, 100 listen" },
  ping: { ...one, about: "one talks, one line in flight, 100 listen" },
  steady: {
    ...talk(1_000),
    linesPerSecond: 150,
    about: "1,000 people say 150 lines a second at fixed times",
  },
  stalled: { ...talk(200), stalled: 20, about: "talk-200 with 20 more who do not read" },
};
