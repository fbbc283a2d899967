import { basename, relative } from "node:path";

/** Where the files of a compiled program seem to be: on Windows below a drive of their own. */
const COMPILED = /^(\/\$bunfs|[A-Z]:[/\\]~BUN)[/\\]/;

/**
 * How this program was started, for `--help`: by its name where it is compiled or installed, with
 * `bun run` where it is not.
 *
 * @param script the file that runs
 * @param started the word that it was started by: the program itself where it is compiled
 * @param folder where it was started
 * @param command what it is called where it is installed
 */
export function programName(
  script: string,
  started: string,
  folder: string,
  command: string,
): string {
  if (COMPILED.test(script)) return basename(started, ".exe");
  if (/[/\\]node_modules[/\\]/.test(script)) return command;
  const path = relative(folder, script);
  return `bun run ${path.startsWith("..") ? script : path}`;
}
