/**
 * `bun test` runs this before the first test, because bunfig.toml says so. It installs the locked packages if
 * some are missing. It also makes `bun test` without arguments, which runs every test, measure the coverage.
 *
 * Neither can be done in a process that is already testing. Bun remembers which packages it did not find, and it
 * reads `--coverage` when it starts. So this process becomes another one, which takes over its terminal, its
 * signals and its exit code (execve). The other one finds all packages, and has `--coverage` or arguments of its
 * own. So it does not become a third one.
 */
import { existsSync, readFileSync } from "node:fs";

const INSTALL = ["install", "--frozen-lockfile"];
const BUN = process.execPath;

const given = ownArguments();
const wanted = given?.join(" ") === "test" ? ["test", "--coverage"] : given;
const before = missingPackages();
if (before.length > 0) {
  const command = `bun ${INSTALL.join(" ")}`;
  console.error(`${before.join(", ")}: not installed as bun.lock says.`);
  if (wanted === undefined) fail(`Run \`${command}\`, then the tests again.`);
  console.error(`Running \`${command}\`, then the tests.`);
  await install();
  const after = missingPackages();
  if (after.length > 0) fail(`${after.join(", ")}: not installed after \`${command}\` either.`);
  become(wanted);
}
if (wanted !== undefined && wanted !== given) become(wanted);

/** Lets `bun install` write to standard error, as `bun test` does. A signal that stops this process stops both. */
async function install(): Promise<void> {
  const installing = Bun.spawn([BUN, ...INSTALL], { stdio: ["inherit", 2, 2] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => installing.kill(signal));
  }
  await installing.exited;
}

/** The locked packages that are not in node_modules, or not in the locked version. */
function missingPackages(): string[] {
  type Locked = [id: string, ...facts: (string | object)[]];
  const lock = Bun.JSONC.parse(readFileSync("bun.lock", "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(lock.packages).flatMap(([path, [id, ...facts]]) => {
    const isForSomeSystems = facts.some((fact) => /"(os|cpu)":/.test(JSON.stringify(fact)));
    return isForSomeSystems || isInstalled(path, id) ? [] : [id];
  });
}

/**
 * @param path the package's name; if others have another version, after its dependent's name and a slash
 * @param id its name, an @, and its version; a package that is a folder here has any version
 */
function isInstalled(path: string, id: string): boolean {
  const folder = path.match(/(@[^/]+\/)?[^/]+/g)?.join("/node_modules/");
  const file = `node_modules/${folder}/package.json`;
  if (!existsSync(file)) return false;
  const version = id.slice(id.lastIndexOf("@") + 1);
  return /^\D/.test(version) || JSON.parse(readFileSync(file, "utf8")).version === version;
}

/**
 * The arguments after `bun` in the command that started this process. `process.argv` does not have them while
 * tests run. They are unknown for a worker of `bun test --parallel`, because nobody has typed its command. Without
 * /proc there is `ps`, which does not tell where an argument ends. There only `bun test` alone is certain.
 */
function ownArguments(): string[] | undefined {
  const isWorker = process.env["BUN_TEST_WORKER_ID"] !== undefined;
  if (isWorker || process.execve === undefined) return undefined;
  if (existsSync("/proc/self/cmdline")) {
    return readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(1, -1);
  }
  const ps = ["ps", "-ww", "-o", "args=", "-p", `${process.pid}`];
  if (Bun.which("ps") === null) return undefined;
  return /^\S+ test$/.test(Bun.spawnSync(ps).stdout.toString().trim()) ? ["test"] : undefined;
}

function become(args: string[]): never {
  process.execve?.(BUN, ["bun", ...args]);
  throw new Error(`This process cannot become bun ${args.join(" ")}.`);
}

function fail(complaint: string): never {
  console.error(complaint);
  process.exit(1);
}
