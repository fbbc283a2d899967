/** Gives a command to the tmux server whose socket is in `directory`, and returns what it prints. */
export async function tmux(directory: string, ...words: string[]): Promise<string> {
  const command = ["tmux", "-u", "-L", "natter", ...words];
  const env = { ...Bun.env, TMUX_TMPDIR: directory, TMUX: undefined, LC_ALL: "C.UTF-8" };
  const child = Bun.spawn(command, { cwd: directory, env, stderr: "pipe" });
  const [output, error] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${words.join(" ")}: ${error}`);
  return output;
}
