/**
 * What is done with what a client sends: one line after the other is taken from its receiving half, and the session
 * deals with it.
 */
import { LEAVE } from "../editor/editor.ts";
import { QUIT } from "../conversation/speaker.ts";
import type { Connection } from "./connection.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";

/** Reads until nothing is left, or the next line has to wait. */
export function readLines(connection: Connection): void {
  const { readHalf, writeHalf, session } = connection;
  let line: Decoded | undefined;
  while ((line = readHalf.next()) !== undefined) {
    take(connection, line);
    if (session.phase === "claiming") readHalf.wait("claiming");
    else if (writeHalf.mustTakeAnswers()) readHalf.wait("replying");
  }
  const { phase, delayMs } = readHalf;
  if (phase === "over") return connection.inputOver();
  // What came as lines is read, and the rest may be keys.
  if (phase === "reading" && connection.editing?.heard()) return readLines(connection);
  const { emit } = connection.context;
  const client = connection.link.label;
  if (phase === "throttled") emit?.({ type: "rate-limited", client, delayMs });
  // Once it is in the room, what it is told goes out when the room's turn ends.
  if (session.phase !== "chatting") writeHalf.flush();
}

function take(connection: Connection, line: Decoded): void {
  const { context, link, session, writeHalf, patience } = connection;
  const { emit, settings } = context;
  if (typeof line === "object") return writeHalf.answerTelnet(line.answers);
  if (line === LEAVE) return connection.quit();
  emit?.({ type: "line read", client: link.label });
  if (line === LINE_TOO_LONG) return session.lineTooLong(settings.lineLimitBytes);
  const outcome = session.line(line);
  // It may have been sent home by it.
  if (session.phase !== "left") patience.lineRead();
  if (outcome === QUIT) connection.quit();
}
