#!/usr/bin/env bun
/** The program: reads the command line, starts the server, and stops it on a signal. */
import { constants } from "node:os";
import { isatty } from "node:tty";
import { addClusterUrl } from "./lib/cli/cluster-url.ts";
import { parseFlags } from "./lib/cli/flags.ts";
import { helpText } from "./lib/cli/help.ts";
import { addInheritedSockets } from "./lib/cli/inherited-sockets.ts";
import { OperatorConsole } from "./lib/cli/operator-console.ts";
import { programName } from "./lib/cli/program-name.ts";
import type { Settings } from "./lib/options/settings.ts";
import { startChatServer, type ChatServer } from "./lib/server.ts";
import { describeStartError } from "./lib/cli/start-error.ts";
import { name, version } from "./package.json";

/** Longest wait at the end for a console that is slow to take the last lines, in milliseconds. */
const CONSOLE_TIMEOUT_MS = 1_000;

const STDIN = 0;
const STDOUT = 1;
const operatorConsole = new OperatorConsole(STDOUT);

const request = parseFlags(Bun.argv.slice(2));
switch (request.kind) {
  case "help":
    operatorConsole.print(helpText(programName(Bun.main, process.argv0, process.cwd(), name)));
    break;
  case "version":
    operatorConsole.print(`${name} ${version}\n`);
    break;
  case "wrong":
    fail(request.complaint, 2);
    break;
  case "serve":
    start(request.options);
    break;
  default:
    request satisfies never;
}

/**
 * Adds what the environment says. The cluster's URL may have a password, and is best there or in a file. systemd may
 * have opened sockets.
 */
function start(given: Partial<Settings>): void {
  const options = addClusterUrl(addInheritedSockets(given, process.env, process.pid), process.env);
  if (typeof options === "string") fail(options, 2);
  else serve(options);
}

function serve(options: Partial<Settings>): void {
  let server: ChatServer;
  try {
    server = startChatServer({
      ...options,
      log: (text) => operatorConsole.print(text),
      logState: () => operatorConsole.state,
      onEvent: (event) => {
        if (event.type === "cluster unusable") void end(server, event.reason);
      },
    });
  } catch (error) {
    const isOption = error instanceof RangeError;
    return fail(describeStartError(error, options), isOption ? 2 : 1);
  }
  onSignals(server);
  // Last, so that whoever reads this may send a signal.
  for (const url of server.urls) {
    operatorConsole.print(`Chat server running on ${url.replace(/^tcp:\/\//, "")}\n`);
  }
  const { httpAddress } = server;
  if (httpAddress !== undefined) operatorConsole.print(`Metrics and health on ${httpAddress}\n`);
}

/** Started from a terminal the server ends with it. Otherwise SIGHUP has it read its files again. */
function onSignals(server: ChatServer): void {
  const ending: NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
  if (isatty(STDIN)) ending.push("SIGHUP");
  else process.on("SIGHUP", () => server.reload());
  let stopping = false;
  for (const signal of ending) {
    process.on(signal, () => {
      // When a terminal closes, the system says so, and its shell too.
      if (stopping && signal === "SIGHUP") return;
      if (stopping) process.exit(128 + constants.signals[signal]);
      stopping = true;
      void end(server);
    });
  }
}

/** Stops the server and ends the program, which has failed if there is a complaint. */
async function end(server: ChatServer, complaint?: string): Promise<void> {
  await server.stop();
  await operatorConsole.flushed(CONSOLE_TIMEOUT_MS);
  if (complaint !== undefined) fail(complaint, 1);
  process.exit();
}

function fail(complaint: string, exitCode: number): void {
  process.stderr.write(`${name}: ${complaint}\n`);
  process.exitCode = exitCode;
}
