/**
 * Who the server is to those who come through TLS: its certificate and key, and which certificates it demands.
 * They are read from files, at the start and whenever they are to be read again. Connections keep what they began
 * with.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

export interface IdentityFiles {
  readonly tlsCert: string;
  readonly tlsKey: string;
  /** Whose certificates are accepted of clients, which then need one; empty if they need none. */
  readonly tlsClientCa: string;
}

/** What Bun takes. A client's certificate is judged when the handshake is over, so that it can be told why. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

export class Identity {
  readonly #files: IdentityFiles;
  #options: TlsOptions;

  /** @throws {Error} a file cannot be used; `code` is `ERR_CERTIFICATE`, and the message is a sentence */
  constructor(files: IdentityFiles) {
    this.#files = files;
    this.#options = read(files);
  }

  /** What the next connection begins with. */
  get options(): TlsOptions {
    return this.#options;
  }

  /** Whether clients need a certificate. */
  get needsCertificates(): boolean {
    return this.#files.tlsClientCa !== "";
  }

  /** Reads the files again. Returns why they cannot be used, if so; then everything stays as it was. */
  reload(): string | undefined {
    try {
      this.#options = read(this.#files);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function read({ tlsCert, tlsKey, tlsClientCa }: IdentityFiles): TlsOptions {
  const cert = textOf(tlsCert);
  const key = textOf(tlsKey);
  const certificate = attempt(`${tlsCert} has no certificate`, () => new X509Certificate(cert));
  const privateKey = attempt(`${tlsKey} has no private key without a passphrase`, () => {
    return createPrivateKey(key);
  });
  if (!certificate.checkPrivateKey(privateKey)) throw unusable(`${tlsKey} is not ${tlsCert}'s key`);
  const options = { cert, key, ...authorities(tlsClientCa) };
  attempt(`${tlsCert} and ${tlsKey} cannot be used`, () => createSecureContext(options));
  return options;
}

function authorities(file: string): Partial<TlsOptions> {
  if (file === "") return {};
  const ca = textOf(file);
  attempt(`${file} has no certificate`, () => new X509Certificate(ca));
  return { ca, requestCert: true, rejectUnauthorized: false };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unusable((error as Error).message);
  }
}

function attempt<Result>(complaint: string, action: () => Result): Result {
  try {
    return action();
  } catch {
    throw unusable(complaint);
  }
}

function unusable(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_CERTIFICATE" });
}
