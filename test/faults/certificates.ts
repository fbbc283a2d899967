/** An authority of our own, and the certificate that it gives to a Redis on this machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

export interface Certificates extends Disposable {
  /** The file with the authority's certificate. */
  readonly authority: string;
  /** How Redis is told of its own. */
  readonly flags: readonly string[];
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(`${tmpdir()}/natter-tls-`);
  const openssl = (command: string) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...command.split(" ")], { cwd: folder });
    if (exitCode !== 0) throw new Error(stderr.toString());
  };
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  openssl(`req -x509 ${key} -keyout ca.key -out ca.crt -days 2 -subj /CN=natter-test`);
  openssl(`req ${key} -keyout redis.key -out redis.csr -subj /CN=127.0.0.1`);
  writeFileSync(`${folder}/names`, "subjectAltName=IP:127.0.0.1\n");
  const signing = "-CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names";
  openssl(`x509 -req -in redis.csr ${signing} -out redis.crt`);
  const files = ["--tls-cert-file", `${folder}/redis.crt`, "--tls-key-file", `${folder}/redis.key`];
  return {
    authority: `${folder}/ca.crt`,
    flags: [...files, "--tls-auth-clients", "no"],
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
