import { join } from "node:path";

/** The paths of its files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a key and a certificate in a folder. All servers with TLS have the same kind: P-256. */
export function makeCertificate(folder: string): Certificate {
  const [cert, key] = [join(folder, "server.pem"), join(folder, "server.key")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const files = ["-keyout", key, "-out", cert];
  const openssl = ["openssl", "req", "-x509", ...kind, ...files, "-subj", "/CN=localhost"];
  run(openssl);
  return { cert, key };
}

/** Writes the parameters of a known group. A server that has to find its own may take seconds for that. */
export function makeDhParameters(folder: string): string {
  const file = join(folder, "dh.pem");
  const kind = ["-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"];
  run(["openssl", "genpkey", "-genparam", ...kind, "-out", file]);
  return file;
}

function run(command: string[]): void {
  const { success, stderr } = Bun.spawnSync(command, { stderr: "pipe" });
  if (!success) throw new Error(`${command.slice(0, 2).join(" ")} failed: ${stderr}`);
}
