/**
 * Where to listen, as a URL: `tcp://HOST:PORT`, `tls://HOST:PORT`, `telnet://HOST:PORT`, `unix:///PATH`, `fd://NUMBER`.
 * What follows the question mark changes how that is done. A new kind is an entry in `SCHEMES`, and a new parameter one in `PARAMETERS`.
 */
import { isIP } from "node:net";

/** One place to listen at, and how. */
export interface Endpoint {
  /** The URL, as it was given. */
  readonly url: string;
  readonly place: Place;
  readonly isTls: boolean;
  /** How the line editor is there from the beginning, if it is. */
  readonly editor: Editor | undefined;
  /** Connections from there begin with a proxy's header: addresses, ranges of them, or `unix`. */
  readonly proxies: readonly string[];
}

/** Offered by Telnet; or without being asked for, to terminals that send each key anyway. */
const EDITORS = ["telnet", "raw"] as const;
type Editor = (typeof EDITORS)[number];

export type Place =
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string; readonly mode: number | undefined }
  /** A socket that listens already. */
  | { readonly kind: "inherited"; readonly descriptor: number };

/** What a URL is to say that says something else. */
class Wrong extends Error {}

type Reader = (url: URL) => Place;

const SCHEMES: Readonly<Record<string, Reader>> = {
  tcp: readAddress,
  tls: readAddress,
  telnet: readAddress,
  unix: readPath,
  fd: readDescriptor,
};

/** The parameters, and which schemes have them. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  mode: ["unix"],
  proxy: ["tcp", "tls", "telnet", "unix", "fd"],
  editor: ["tcp", "tls", "unix", "fd"],
  tls: ["fd"],
};

/** A socket's path has at most 107 bytes on Linux, and for a moment a few are added (socket-file.ts). */
export const PATH_BYTES_MAX = 96;

/**
 * Reads a URL of `listen`.
 *
 * @throws {RangeError} with a sentence that says what is accepted
 */
export function readListenUrl(text: string): Endpoint {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    throw new RangeError(`listen (--listen) has ${JSON.stringify(text)}; ${error.message}.`);
  }
}

/** What TLS needs, and where it is spoken. */
interface TlsSettings {
  readonly listen: readonly string[];
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsClientCa: string;
}

/**
 * Finds what is missing or of no use.
 *
 * @throws {RangeError} with a sentence that says what
 */
export function checkListeners({ listen, tlsCert, tlsKey, tlsClientCa }: TlsSettings): void {
  const tls = listen.map(readListenUrl).find(({ isTls }) => isTls);
  if (tls !== undefined && (tlsCert === "" || tlsKey === "")) {
    throw new RangeError(
      `listen (--listen) has ${tls.url}; that needs tlsCert and tlsKey (--tls-cert, --tls-key).`,
    );
  }
  if (tls === undefined && (tlsCert !== "" || tlsKey !== "" || tlsClientCa !== "")) {
    throw new RangeError(
      "tlsCert, tlsKey or tlsClientCa (--tls-cert, --tls-key, --tls-client-ca) is given, but nothing listens with TLS; add --listen tls://HOST:PORT.",
    );
  }
}

function parse(text: string): Endpoint {
  const [, scheme = ""] = /^([a-z]+):\/\//.exec(text) ?? [];
  const reader = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (reader === undefined || !URL.canParse(text)) {
    throw new Wrong("it takes a URL such as tcp://127.0.0.1:8888 or unix:///run/natter/chat.sock");
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new Wrong("it takes no user, no password and nothing behind a #");
  }
  for (const name of url.searchParams.keys()) checkParameter(url, scheme, name);
  const proxies = readProxies(url.searchParams.get("proxy"));
  const isTls = scheme === "tls" || url.searchParams.has("tls");
  const editor = scheme === "telnet" ? scheme : readEditor(url.searchParams.get("editor"));
  return { url: text, place: reader(url), isTls, editor, proxies };
}

function readEditor(word: string | null): Editor | undefined {
  const editor = EDITORS.find((each) => each === word);
  if (word !== null && editor === undefined)
    throw new Wrong(`editor= takes ${EDITORS.join(" or ")}`);
  return editor;
}

function checkParameter({ searchParams }: URL, scheme: string, name: string): void {
  const known = Object.keys(PARAMETERS).filter((each) => PARAMETERS[each]?.includes(scheme));
  if (!known.includes(name)) {
    const those = known.length === 0 ? "none" : known.map((each) => `${each}=`).join(", ");
    throw new Wrong(`there is no ${name}= of ${scheme}, but ${those}`);
  }
  if (searchParams.getAll(name).length > 1) throw new Wrong(`${name}= may be given once`);
}

/** `HOST:PORT`, with brackets around an IPv6 address. */
function readAddress({ hostname, port, pathname }: URL): Place {
  if (hostname === "" || port === "") throw new Wrong("it takes a host and a port: HOST:PORT");
  if (pathname !== "" && pathname !== "/") throw new Wrong("it takes no path behind the port");
  const host = decode(hostname).replace(/^\[(.*)\]$/, "$1");
  return { kind: "tcp", hostname: host, port: Number(port) };
}

function readPath({ host, pathname, searchParams }: URL): Place {
  const path = decode(pathname);
  if (host !== "" || !/[^/]$/.test(path)) {
    throw new Wrong("it takes a whole path behind three slashes: unix:///run/natter/chat.sock");
  }
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new Wrong(`the path of a socket has at most ${PATH_BYTES_MAX} bytes`);
  }
  const mode = searchParams.get("mode");
  if (mode !== null && !/^[0-7]{3}$/.test(mode)) {
    throw new Wrong("mode= takes three octal digits, such as 660");
  }
  return { kind: "unix", path, mode: mode === null ? undefined : Number.parseInt(mode, 8) };
}

/** The number of a descriptor. Those below 3 are the program's own. */
function readDescriptor({ host, pathname, searchParams }: URL): Place {
  const descriptor = Number(/^\d{1,5}$/.exec(host)?.[0] ?? 0);
  if (descriptor < 3 || (pathname !== "" && pathname !== "/")) {
    throw new Wrong("it takes the number of a socket that was opened for it: fd://3");
  }
  if (searchParams.get("tls")) throw new Wrong("?tls has no value");
  return { kind: "inherited", descriptor };
}

function readProxies(list: string | null): string[] {
  if (list === null) return [];
  const proxies = list.split(",");
  const wrong = proxies.find((proxy) => !isRange(proxy));
  if (wrong === undefined) return proxies;
  throw new Wrong(
    `proxy= has ${JSON.stringify(wrong)}, but takes addresses such as 127.0.0.1, ::1 and 10.0.0.0/8, or unix`,
  );
}

/** An address, an address and how many of its bits count, or the word for those who have none. */
function isRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = address.includes("%") ? 0 : isIP(address);
  if (version === 0 || more.length > 0) return text === "unix";
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

function decode(text: string): string {
  const isEncoded = /^(?:[^%]|%[\da-f]{2})*$/i.test(text);
  const bytes = text.replaceAll(/%(..)/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const decoded = Buffer.from(bytes, "latin1").toString();
  if (!isEncoded || /[\p{Cc}\ufffd]/u.test(decoded))
    throw new Wrong("it has a wrong % or a control character");
  return decoded;
}

/** What says where to listen. */
interface ListenSettings {
  readonly hostname: string;
  readonly port: number;
  readonly listen: readonly string[];
}

/** All places to listen at. `listen` replaces the default one, unless some of that was `given`. */
export function endpointsOf(
  { hostname, port, listen }: ListenSettings,
  given: Partial<ListenSettings>,
): Endpoint[] {
  const isPlainGiven = given.hostname !== undefined || given.port !== undefined;
  const place: Place = { kind: "tcp", hostname, port };
  const plain: Endpoint = { url: "", place, isTls: false, editor: undefined, proxies: [] };
  return [...(listen.length === 0 || isPlainGiven ? [plain] : []), ...listen.map(readListenUrl)];
}
