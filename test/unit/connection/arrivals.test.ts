import { describe, expect, test } from "bun:test";
import { Arrivals } from "../../../lib/connection/arrivals.ts";
import { Editor } from "../../../lib/editor/editor.ts";

/** An editor that nobody looks at. */
function editor(): Editor {
  const port = { write: (bytes: Uint8Array) => bytes.length, shutdown() {} };
  const nobody = { name: undefined, commands: [], people: [] };
  return new Editor(
    port,
    { ...nobody, isSecret: () => false, list() {} },
    { bytesMax: 1_000, showLater() {} },
  );
}

describe("arrivals that are keys", () => {
  test("are made into one line at a time, and what waits is known", () => {
    const arrivals = new Arrivals(1_000, "lines");
    arrivals.beginKeys(editor());
    arrivals.push(Buffer.from("one\rtwo\rth"));
    expect([arrivals.pendingBytes, arrivals.isDecoded, arrivals.next()]).toEqual([
      10,
      false,
      undefined,
    ]);
    arrivals.decode();
    expect(arrivals.next()).toBe("one");
    expect([arrivals.pendingBytes, arrivals.hasLine, arrivals.isDecoded]).toEqual([6, true, true]);
    expect([arrivals.next(), arrivals.next()]).toEqual(["two", undefined]);
    expect([arrivals.pendingBytes, arrivals.hasLine]).toEqual([0, false]);
    arrivals.push(Buffer.from("ree\r"));
    arrivals.end();
    arrivals.decode();
    expect(arrivals.next()).toBe("three");
    arrivals.decode();
    expect([arrivals.next(), arrivals.isOver]).toEqual([undefined, true]);
  });

  test("begin with the line that was begun, and end with it", () => {
    const arrivals = new Arrivals(1_000, "lines");
    const keys = editor();
    arrivals.push(Buffer.from("one\ntw"));
    arrivals.beginKeys(keys);
    arrivals.push(Buffer.from("o\rthr"));
    expect(arrivals.next()).toBe("one");
    expect(arrivals.next()).toBeUndefined();
    arrivals.decode();
    expect([arrivals.next(), arrivals.next()]).toEqual(["two", undefined]);
    arrivals.endKeys(keys.takeTyped());
    arrivals.push(Buffer.from("ee\nfour\n"));
    arrivals.decode();
    expect([arrivals.next(), arrivals.next()]).toEqual(["three", "four"]);
  });

  test("begin with what is left of a line of which a part was decoded before", () => {
    const arrivals = new Arrivals(1_000, "telnet");
    arrivals.push(Buffer.from("on"));
    expect(arrivals.next()).toBeUndefined();
    arrivals.push(Buffer.from("e"));
    arrivals.beginKeys(editor());
    arrivals.push(Buffer.from("!\r\0"));
    arrivals.decode();
    expect(arrivals.next()).toBe("one!");
  });
});
