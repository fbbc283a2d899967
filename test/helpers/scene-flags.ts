/** The flags of a command that plays scenes at random for some time. */

export const SCENE_FLAGS = {
  help: { type: "boolean" },
  minutes: { type: "string", default: "2" },
  seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
  only: { type: "string" },
} as const;

export interface Run {
  readonly minutes: number;
  readonly seed: number;
  /** The scenes that were asked for, if some were. */
  readonly only: string[] | undefined;
}

/** What the flags ask for. If they are wrong, standard error says so, and the process ends with exit code 2. */
export function readRun(
  flags: { readonly minutes: string; readonly seed: string; readonly only?: string | undefined },
  scenes: object,
): Run {
  const minutes = Number(flags.minutes);
  const seed = Number(flags.seed);
  if (!(minutes > 0 && Number.isSafeInteger(seed))) {
    return fail("--minutes takes a number above 0, and --seed a whole number.");
  }
  const only = flags.only?.split(",");
  const unknown = only?.find((name) => !Object.hasOwn(scenes, name));
  if (unknown === undefined) return { minutes, seed, only };
  return fail(`"${unknown}" is no scene; there are ${Object.keys(scenes).join(", ")}.`);
}

function fail(complaint: string): never {
  console.error(complaint);
  process.exit(2);
}
