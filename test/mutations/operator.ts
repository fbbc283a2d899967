/** What can go wrong between the operator and the server: options, the log, the console, the welcome. */
import { mutationsOf } from "./mutation.ts";

export const OPERATOR = [
  ...mutationsOf(
    "settings",
    {
      "the largest value is refused": ["value <= option.max", "value < option.max"],
      "the smallest value is refused": ["value >= option.min", "value > option.min"],
      "half a client is accepted": ["Number.isInteger(value) || !UNITS[option.kind].whole", "true"],
      "an unknown option is passed over": ["!Object.hasOwn(OPTIONS, name)", "false"],
      "an empty prompt is accepted": [
        'if (value === "" && option.empty === undefined) {',
        "if (false) {",
      ],
      "a text of any length is accepted": ["bytes > option.bytesMax", "false"],
    },
    "flags",
  ),
  ...mutationsOf(
    "settings",
    {
      "control characters may be in a text": [
        "if (/[^\\P{Cc}\\t\\n]/u.test(value)) {",
        "if (false) {",
      ],
      "two welcomes are accepted": [
        'settings.welcome !== "" && settings.welcomeFile !== ""',
        "false",
      ],
    },
    "welcome",
  ),
  ...mutationsOf(
    "options",
    {
      "there is a port more than there is": ["max: 65_535,", "max: 65_536,"],
      "whoever is idle is never disconnected": ["default: 300_000,", "default: 0,"],
      "the log is quiet by default": ["default: false,", "default: true,"],
    },
    "flags",
  ),
  ...mutationsOf("flags", {
    "seconds are taken for milliseconds": [
      "Number(text) * UNITS[option.kind].scale",
      "Number(text)",
    ],
    "a text that begins with a dash cannot be given": [
      'text.startsWith("-") && !isInline',
      'text.startsWith("-")',
    ],
    "a question with a value is answered": [
      "if (token.value === undefined) return { kind",
      "return { kind",
    ],
    "an abbreviated flag is passed over": [
      "if (entry === undefined) return wrong(`${token.rawName} is not an option`, known());",
      "if (entry === undefined) continue;",
    ],
  }),
  ...mutationsOf(
    "start-error",
    {
      "an address in use is no reason": ['case "EADDRINUSE":', 'case "EUSED":'],
    },
    "index",
  ),
  ...mutationsOf(
    "start-error",
    {
      "a welcome that cannot be read is taken for an address": [
        "if (path !== undefined)",
        "if (path === 0)",
      ],
    },
    "index",
  ),
  ...mutationsOf(
    "log",
    {
      "quiet is not quiet": ["if (!this.#quiet) this.#append(line);", "this.#append(line);"],
      "what was logged is logged again": ['this.#pending = "";\n    if', "if"],
      "strangers fill the log": ["this.#refusalBudget.spend(1);", ""],
      "refusals that are not logged are not counted": ["this.#refusalsUnlogged++;", ""],
      "refusals are counted again each time": ["this.#refusalsUnlogged = 0;", ""],
      "an error's text reaches the operator's terminal raw": [".map(safeText)", ""],
      "a log that throws is complained of each turn": ["this.#hasComplained = true;", ""],
      "a busy turn's log grows without a limit": [
        "if (this.#pending.length > PENDING_MAX) this.flush();",
        "",
      ],
    },
    "session",
  ),
  ...mutationsOf("operator-console", {
    "lost lines are announced again and again": ["this.#lostLines = 0;", ""],
    "a pipe that is full loses lines": [
      'if (error?.code === "EAGAIN") setTimeout(() => this.#write(bytes), BUSY_RETRY_MS);',
      'if (error?.code === "EAGAIN") this.#written();',
    ],
    "what a full disk refuses is lost": [
      "else if (error) this.#failed(bytes);",
      "else if (error) this.#written();",
    ],
    "what a pipe took of a write is written again": ["bytes.subarray(written)", "bytes"],
    "a program may end before its last lines are written": ["else this.#pause?.ref();", ""],
    "a console that nobody reads fills the memory": ["this.#waiting.length > BACKLOG_MAX", "false"],
    "a console that rests keeps the program alive": [
      'if (this.#waiting === "") this.#pause.unref();',
      "",
    ],
    "the end waits for a rest": ["if (this.#onFlushed || waitMs === 0)", "if (waitMs === 0)"],
    "a console that never takes the last lines is waited for": [
      "const timer = setTimeout(resolve, timeoutMs);",
      "const timer = setTimeout(() => {}, timeoutMs);",
    ],
  }),
  ...mutationsOf("welcome", {
    "the file is looked at for everybody who comes": [
      "nowMs - this.#checkedAtMs >= CHECK_MS",
      "true",
    ],
    "the operator is told each time": ["if (message !== this.#complaint) this", "this"],
    "a complaint is made once and never again": [
      'this.#version = versionOf(stats);\n    this.#complaint = "";',
      "this.#version = versionOf(stats);",
    ],
    "a welcome that is no file is read": ["stats.isFile() ? readStart", "true ? readStart"],
    "a welcome of any length is read": [" || bytes.length > WELCOME_BYTES_MAX", ""],
    "a welcome that never ends is read": ["read > 0 && length < bytesMax", "read > 0"],
    "a change is not seen if the size is the same": [
      "`${ino} ${size} ${mtimeMs}`",
      "`${ino} ${size}`",
    ],
    "escape sequences in the file reach newcomers": ["`${safeText(line)}\\n`", "`${line}\\n`"],
  }),
];
