#!/usr/bin/env bun
/** The program: reads the command line, starts the server, and stops it on a signal. */
import { constants } from "node:os";
import { isatty } from "node:tty";
import { check, configure } from "./lib/cli/configuration.ts";
import { parseFlags, type ServeRequest } from "./lib/cli/flags.ts";
import { helpText } from "./lib/cli/help.ts";
import { LOG_FORMATS, type LogEvent } from "./lib/operator/log-format.ts";
import { OperatorConsole } from "./lib/operator/operator-console.ts";
import { printConfig } from "./lib/cli/print-config.ts";
import { programName } from "./lib/cli/program-name.ts";
import { OPTIONS } from "./lib/options/options.ts";
import type { Settings } from "./lib/options/settings.ts";
import { startChatServer, type ChatServer } from "./lib/server.ts";
import { describeStartError } from "./lib/cli/start-error.ts";
import { name, version } from "./package.json";

/** Longest wait at the end for a console that is slow to take the last lines, in milliseconds. */
const CONSOLE_TIMEOUT_MS = 1_000;

const STDIN = 0;
const STDOUT = 1;

/** The format of what the program says itself. */
let { logFormat }: Pick<Settings, "logFormat"> = { logFormat: "text" };
const say = (event: LogEvent) => LOG_FORMATS[logFormat](event) ?? "";
const operatorConsole = new OperatorConsole(STDOUT, {
  gapLine: (count) => say({ type: "lines not shown", count }),
});

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
  case "check-config":
  case "print-config":
    obey(request);
    break;
  default:
    request satisfies never;
}

/** Reads the configuration, and serves, or says what it is. */
function obey(request: ServeRequest): void {
  const configuration = configure(request, process.env);
  if (typeof configuration === "string") return fail(configuration, 2);
  const { options, sources } = configuration;
  if (request.kind === "serve") return serve(options, request);
  const settings = check(options);
  if (typeof settings === "string") return fail(settings, 2);
  const isPrinted = request.kind === "print-config";
  operatorConsole.print(
    isPrinted ? printConfig(settings, sources) : "The configuration is right.\n",
  );
}

function serve(options: Partial<Settings>, request: ServeRequest): void {
  let server: ChatServer;
  let complaint: string | undefined;
  let latest = options;
  const noteFormat = () => (logFormat = latest.logFormat ?? OPTIONS.logFormat.default);
  noteFormat();
  try {
    server = startChatServer({
      ...options,
      log: (text) => operatorConsole.print(text),
      logState: () => operatorConsole.state,
      readOptions: () => {
        const configuration = configure(request, process.env);
        if (typeof configuration === "string") throw new RangeError(configuration);
        return (latest = configuration.options);
      },
      onEvent: (event) => {
        if (event.type === "reloaded") noteFormat();
        if (event.type !== "cluster unusable") return;
        complaint = event.reason;
        void server.stop();
      },
    });
  } catch (error) {
    const isOption = error instanceof RangeError;
    return fail(describeStartError(error, options), isOption ? 2 : 1);
  }
  onSignals(server);
  void server.stopped.then(() => end(complaint));
  // Last, so that whoever reads this may send a signal.
  for (const url of server.urls) operatorConsole.print(say({ type: "listening", url }));
  const { httpAddress: address } = server;
  if (address !== undefined) operatorConsole.print(say({ type: "serving metrics", address }));
}

/** Started from a terminal the server ends with it. Otherwise SIGHUP has it read its files again. */
function onSignals(server: ChatServer): void {
  const ending: NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
  if (isatty(STDIN)) ending.push("SIGHUP");
  else process.on("SIGHUP", () => reload(server));
  let stopping = false;
  for (const signal of ending) {
    process.on(signal, () => {
      // When a terminal closes, the system says so, and its shell too.
      if (stopping && signal === "SIGHUP") return;
      if (stopping) process.exit(128 + constants.signals[signal]);
      stopping = true;
      void server.stop();
    });
  }
}

function reload(server: ChatServer): void {
  try {
    server.reload();
  } catch {
    // The log says what is wrong.
  }
}

/** The server has stopped. That is a failure if there is a complaint. */
async function end(complaint: string | undefined): Promise<void> {
  await operatorConsole.flushed(CONSOLE_TIMEOUT_MS);
  if (complaint !== undefined) fail(complaint, 1);
  process.exit();
}

function fail(complaint: string, exitCode: number): void {
  process.stderr.write(`${name}: ${complaint}\n`);
  process.exitCode = exitCode;
}
