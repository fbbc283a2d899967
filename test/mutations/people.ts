/** What can go wrong in the conversation: names, texts and commands. */
import { mutationsOf } from "./mutation.ts";

export const PEOPLE = [
  ...mutationsOf("session", {
    "who leaves, leaves twice": ["this.#state = LEFT;", ""],
    "escape sequences reach other people's terminals": ["safeText(text).trim()", "text.trim()"],
    "whose name is refused is not asked again": ["refusal + prompt", "refusal"],
    "whose name is taken is not asked again": ["nameTaken(name) + prompt", "nameTaken(name)"],
    "an empty line is said": ['if (text === "") return;', ""],
    "who joins is told that it has joined": ["joined(name), member)", "joined(name))"],
    "nobody is told that somebody has left": ["room.announce(left(state.member.name));", ""],
    "the operator is not told who has left": [
      "log.left(state.member.name, this.#address, reason);",
      "",
    ],
    "in the chat the server's words look like a member's": [
      " ? notice(text) : text",
      " ? text : text",
    ],
  }),
  ...mutationsOf(
    "session",
    {
      "a line that begins with two slashes is a command": ["/^[/／](?![/／])/", "/^[/／]/"],
      "something invisible makes a private line public": ['text.replace(UNSEEN_START, "")', "text"],
    },
    "commands",
  ),
  ...mutationsOf(
    "session",
    {
      "who comes later is told nothing of what was said": [
        'if (room.history.text !== "") room.answer(member, room.history.text);',
        "",
      ],
    },
    "history",
  ),
  ...mutationsOf("commands", {
    "a rename to a name that is taken is announced": [
      "if (holder !== member) return answer(speaker, notice(nameTaken(name)));",
      "",
    ],
    "names can be changed without a limit": [
      "if (!speaker.owner.spendRename()) return answer(speaker, ANSWERS.renamedTooOften);",
      "",
    ],
    "who is ignored can still write privately": [
      "if (!room.ignoreLists.has(other, member)) {",
      "{",
    ],
    "who got a private line cannot reply": ["other.writer = member.contact;", ""],
    "a private line is not confirmed": ["answer(speaker, privateTo(other.name, text));", ""],
    "one name more than a hundred is shown": ["PEOPLE_SHOWN_MAX = 100", "PEOPLE_SHOWN_MAX = 101"],
    "what every object has is a command": ["Object.hasOwn(COMMANDS, name) ?", "name in COMMANDS ?"],
    "commands know capital letters": ["= word.toLowerCase();", "= word;"],
    "who talks to itself is told so and heard": [
      "return other === member ? undefined : other;",
      "return other;",
    ],
    "a suggestion names somebody by the key of its name": ["room.find(meant)?.name", "meant"],
    "what is done is not logged": [
      "room.publish(line, member);\n  log.said(line);",
      "room.publish(line, member);",
    ],
    "a rename is not logged": ["log.renamed(from, name, address);", ""],
    "a long word is repeated whole": ["word.slice(0, WORD_SHOWN_MAX)", "word"],
  }),
  ...mutationsOf("names", {
    "full-width letters make another name": [
      'name.normalize("NFKD").toLowerCase()',
      "name.toLowerCase()",
    ],
    "letters of two kinds make another name": [".toLowerCase().toUpperCase()", ".toLowerCase()"],
    "a dot that nobody sees makes another name": [".replace(DOTTED, withoutDots)", ""],
    "the longest name is one character shorter": [
      "[...name].length > charactersMax",
      "[...name].length >= charactersMax",
    ],
    "a name may be the server's": ['if (foldName(name) === RESERVED) return "reserved";', ""],
    "a name may mix scripts": ['if (!isOneScript(name.normalize("NFKC"))) return "scripts";', ""],
    "a name may mix scripts in mathematical letters": [
      'isOneScript(name.normalize("NFKC"))',
      "isOneScript(name)",
    ],
    "marks may pile up": ['name.normalize("NFD"), PILED_MARKS', "name, PILED_MARKS"],
    "composing a line that is no name takes quadratic time": [".slice(0, unitsMax)", ""],
    "a name is not composed": ['.slice(0, unitsMax).normalize("NFC")', ".slice(0, unitsMax)"],
  }),
  ...mutationsOf(
    "names",
    {
      "a name that somebody has is suggested": [
        " && room.find(foldName(candidate)) === undefined",
        "",
      ],
    },
    "session",
  ),
  ...mutationsOf(
    "scripts",
    {
      "a Japanese name may have no Latin letters": [
        '"Latn Hani Hira Kana", ',
        '"Hani Hira Kana", ',
      ],
    },
    "names",
  ),
  ...mutationsOf("nearest", {
    "one of several that begin alike is taken for meant": [
      "longer.length === 1",
      "longer.length >= 1",
    ],
    "letters that are changed over are no slip": [
      "left === 2 && otherLeft === 2 && isSwap",
      "false",
    ],
    "a single letter is taken for a slip": [" || word.length < 2", ""],
  }),
  ...mutationsOf("text", {
    "C1 control characters pass": ["\\x7f-\\x9f", "\\x7f"],
    "text may run from right to left": ["\\u2028-\\u202e", "\\u2028\\u2029"],
    "a backspace erases nothing": ["kept.pop();", "void 0;"],
    "Ctrl-U erases nothing": ["kept.length = 0;", "void 0;"],
    "half an escape sequence stays": ["Bun.stripANSI(line)", "line"],
  }),
  ...mutationsOf(
    "messages",
    {
      "one minute is minutes": ['count === 1 ? "minute"', 'count === 0 ? "minute"'],
      "a suggestion loses the rule": ["`${rule} Try ${suggestion}.\\n`", "`Try ${suggestion}.\\n`"],
    },
    "commands",
  ),
];
