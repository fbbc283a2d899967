import { basename, relative } from "node:path";

/** The folder in which a compiled program sees its files. On Windows it is below a drive of its own. */
const COMPILED = /^(\/\$bunfs|[A-Z]:[/\\]~BUN)[/\\]/;

/**
 * How this program was started, for `--help`. A compiled or installed program is started by its name, and any
 * other with `bun run`.
 *
 * @param script the file that runs
 * @param started the word that it was started by; of a compiled program, the program itself
 * @param folder where it was started
 * @param command its name if it is installed
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
