import { expect, test } from "bun:test";
import * as messages from "../../lib/text/messages.ts";

const page = await Bun.file(`${import.meta.dir}/../../docs/scaling.md`).text();

test.each([
  messages.LOST_TOUCH,
  messages.PLEASE_WAIT,
  messages.IN_TOUCH,
  messages.LINES_MISSING,
  messages.LINE_LOST,
  messages.nameTakenMeanwhile("Bob-2"),
  messages.serverGone(312),
  messages.GOODBYES["server shutdown"],
])("docs/scaling.md has the sentence %j", (sentence) => {
  expect(page).toContain(sentence.trimEnd());
});
