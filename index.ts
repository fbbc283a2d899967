#!/usr/bin/env bun
/** The program: reads the command line, starts the server, and stops it on a signal. */
import { constants } from "node:os";
import { formatAddress } from "./lib/address.ts";
import { helpText, parseFlags } from "./lib/flags.ts";
import { describeListenError } from "./lib/listen-error.ts";
import { OPTIONS, type Settings } from "./lib/options.ts";
import { startChatServer, type ChatServer } from "./lib/server.ts";
import { name, version } from "./package.json";

/** While this much waits for a console that does not read, what the console would show is lost. */
const CONSOLE_BACKLOG_BYTES_MAX = 1_048_576;

const request = parseFlags(Bun.argv.slice(2));
switch (request.kind) {
  case "help":
    print(helpText());
    break;
  case "version":
    print(`${name} ${version}\n`);
    break;
  case "wrong":
    fail(request.complaint, 2);
    break;
  case "serve":
    serve(request.options);
    break;
  default:
    request satisfies never;
}

function serve(options: Partial<Settings>): void {
  let server: ChatServer;
  try {
    server = startChatServer({ ...options, log: print });
  } catch (error) {
    const { hostname = OPTIONS.hostname.default, port = OPTIONS.port.default } = options;
    return fail(describeListenError(error, hostname, port), 1);
  }
  print(`Chat server running on ${formatAddress(server.hostname, server.port)}\n`);

  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + constants.signals[signal]);
      stopping = true;
      void server.stop().then(() => process.exit(0));
    });
  }
}

/** Shows `text` on the console, unless that would make the server wait or its memory grow. */
function print(text: string): void {
  if (process.stdout.writableLength < CONSOLE_BACKLOG_BYTES_MAX) process.stdout.write(text);
}

function fail(complaint: string, exitCode: number): void {
  process.stderr.write(`${name}: ${complaint}\n`);
  process.exitCode = exitCode;
}

// Whoever read the console has gone; the chat goes on.
process.stdout.on("error", () => {});
