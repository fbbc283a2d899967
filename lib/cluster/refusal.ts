/**
 * Why Redis will never take part, in a sentence for the operator. Bun's client does not say why it could not
 * connect. So what was refused is found out by asking once more.
 */
import { connect } from "bun";
import { LOG_VERSION } from "./scripts.ts";

/** The oldest Redis that has what the scripts need, by its major and minor version. */
const VERSION_MIN = [6, 2] as const;

/** The beginnings of Redis's own errors, and what they mean here. */
const REFUSALS: readonly (readonly [start: RegExp, (error: string) => string])[] = [
  [/WRONGPASS/, () => "Redis refuses the name or the password; check the URL."],
  [/NOAUTH/, () => "Redis asks for a password; put it into the URL, in a file for --cluster-file."],
  // The second is what Redis 7.0 says of a command in a script.
  [
    /NOPERM|user executing the script can't/,
    (error) => `Redis does not let this user do what is needed (${error}); check its ACL.`,
  ],
  [/DB index/, () => "Redis has no database with this number; check the end of the URL."],
  [
    /VERSION/,
    (error) => {
      const version = /VERSION (\S*)/.exec(error)?.[1];
      return `the room is used by servers of another version (${version}, not ${LOG_VERSION}); choose another with --room.`;
    },
  ],
];

/** What an error of Redis means, if to try again is of no use. */
export function refusalOf(error: string): string | undefined {
  const [, explain] = REFUSALS.find(([start]) => start.test(error)) ?? [];
  return explain?.(error.replace(/^(ERR )+/, "").slice(0, 200));
}

/** What is wrong with a server, by what INFO says of it. */
export function flawOf(info: string): string | undefined {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const version = field("redis_version");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1])) {
    return `Redis ${version || "of an unknown version"} is too old; use ${VERSION_MIN.join(".")} or newer.`;
  }
  const policy = field("maxmemory_policy");
  if (policy !== "noeviction" && field("maxmemory") !== "0") {
    return `Redis may delete what the room needs (maxmemory-policy ${policy}); set it to noeviction.`;
  }
  return undefined;
}

/** Why `url` cannot be used, if that is so. Where nobody answers, it may be used later. */
export async function explainRefusal(url: string, timeoutMs: number): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === "rediss:";
  const questions = questionsFor(new URL(url));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(resolve, timeoutMs);
  let reply = "";
  const connecting = connect({
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    tls: isTls,
    socket: {
      open: (socket) => void (isTls || socket.write(questions.join(""))),
      handshake: (socket, isTrusted, error) => {
        if (isTrusted) socket.write(questions.join(""));
        else resolve(tlsFails(error?.message));
      },
      data: (_, bytes) => {
        reply += bytes.toString();
        const lines = reply.split("\r\n").slice(0, -1);
        const error = lines.find((line) => line.startsWith("-"));
        if (error !== undefined) resolve(refusalOf(error.slice(1)));
        else if (lines.length >= questions.length) resolve(undefined);
      },
      close: () => resolve(undefined),
      error: () => resolve(undefined),
    },
  });
  connecting.catch(() => resolve(undefined));
  const refusal = await promise;
  clearTimeout(timer);
  connecting.then((socket) => socket.terminate()).catch(() => {});
  return refusal;
}

const tlsFails = (error: string | undefined) =>
  `TLS with Redis fails (${error}); check its certificate, and that it speaks TLS on this port.`;

/** What Bun's client asks for when it connects, each with an answer in one line. */
function questionsFor({ username, password, pathname }: URL): string[] {
  if (password === "") return [command("PING")];
  const words = [username, password].filter((word) => word !== "").map(decodeURIComponent);
  return [command("AUTH", ...words), command("SELECT", pathname.slice(1) || "0")];
}

/** A command as Redis reads it. */
function command(...words: readonly string[]): string {
  const written = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${written.join("")}`;
}
