/** Prometheus's own tool, which checks metrics and rules. */
export const HAS_PROMTOOL = Bun.which("promtool") !== null;

/** For the name of a test that needs it. */
export const PROMTOOL_NOTE = HAS_PROMTOOL ? "" : ": skipped, needs promtool of Debian's prometheus";

/** What promtool says with these arguments, which is nothing or `SUCCESS` if all is well, and its exit code. */
export function promtool(
  args: readonly string[],
  input = "",
): { readonly exitCode: number; readonly output: string } {
  const stdin = Buffer.from(input);
  const { exitCode, stdout, stderr } = Bun.spawnSync(["promtool", ...args], { stdin });
  return { exitCode, output: `${stdout}${stderr}` };
}
