/**
 * docs/howto.md taken apart. A listing follows a comment that names its file. A transcript is a block in which each
 * line has a terminal, a sign and a text.
 */
const ROOT = `${import.meta.dir}/../..`;
const howto = await Bun.file(`${ROOT}/docs/howto.md`).text();

/** Each step's text. */
export const steps = howto.split(/^## (?=\d+\. )/m).slice(1);

/** The languages of its blocks of code, each once. */
export const languages = [
  ...new Set([...howto.matchAll(/^```(\w+)$/gm)].map(([, name = ""]) => name)),
];

export const FILES = [...new Bun.Glob("*.ts").scanSync(`${ROOT}/examples`)].toSorted();

export interface Listing {
  readonly file: string;
  /** The file from its first line to its last. */
  readonly isWhole: boolean;
  readonly lines: readonly string[];
}

/** `$` starts a command, `>` is typed, `|` is shown, and `^C` interrupts. */
export interface Event {
  readonly terminal: string;
  readonly sign: "$" | ">" | "|" | "^C";
  readonly text: string;
}

/** Everything that happens with one server, from its start. */
export interface Scene {
  readonly title: string;
  readonly file: string;
  readonly events: readonly Event[];
}

/** How many blocks of TypeScript there are, whether or not they say where they are from. */
export const blocksOfCode = howto.split("\n```ts\n").length - 1;

export const listings: readonly Listing[] = [
  ...howto.matchAll(/^<!-- examples\/(\S+\.ts)(, whole)? -->\n\n```ts\n(.*?)^```$/gms),
].map(([, file = "", whole, code = ""]) => ({
  file,
  isWhole: whole !== undefined,
  lines: code.trimEnd().split("\n"),
}));

/** The addresses of Bun's documentation that are linked. */
export const links = [...howto.matchAll(/^\[\S+\]: (\S+)$/gm)].map(([, address = ""]) => address);

/** The names that text refers to in `[text][name]`, and those that stand at the end. */
export const references = {
  used: new Set([...howto.matchAll(/\]\[([\w-]+)\]/g)].map(([, name = ""]) => name)),
  defined: new Set([...howto.matchAll(/^\[([\w-]+)\]: /gm)].map(([, name = ""]) => name)),
};

/** The files of this repository that are linked. */
export const linkedFiles = [...howto.matchAll(/\]\(\.\.\/([^)#]+)/g)].map(([, path = ""]) => path);

export async function linesOf(file: string): Promise<string[]> {
  const text = await Bun.file(`${ROOT}/examples/${file}`).text();
  return text.trimEnd().split("\n");
}

export function scenes(): Scene[] {
  const found: { title: string; file: string; events: Event[] }[] = [];
  for (const section of howto.split(/^## /m).slice(1)) {
    const [title = ""] = section.split("\n");
    for (const [, block = ""] of section.matchAll(/```text\n(.*?)```/gs)) {
      for (const line of block.trimEnd().split("\n")) {
        const event = readEvent(line);
        const started = /^bun run examples\/(\S+)/.exec(event.text);
        if (started) found.push({ title, file: started[1] as string, events: [] });
        const scene = found.at(-1);
        if (scene?.title !== title) throw new Error(`nothing is started before: ${line}`);
        scene.events.push(event);
      }
    }
  }
  return found;
}

function readEvent(line: string): Event {
  const [, terminal, sign, text] = /^(\w+) +([$>|]|\^C)(?: (.*))?$/.exec(line) ?? [];
  if (terminal === undefined) throw new Error(`not a line of a transcript: ${line}`);
  return { terminal, sign: sign as Event["sign"], text: text ?? "" };
}
