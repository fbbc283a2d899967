/** Only the nc of OpenBSD has `-N`: shut down the sending side at the end of the input. */
export const HAS_NC =
  Bun.which("nc") !== null && Bun.spawnSync(["nc", "-h"]).stderr.includes("\t-N\t");

/** For the name of a test that needs it. */
export const NC_NOTE = HAS_NC ? "" : ": skipped, needs nc from netcat-openbsd";
