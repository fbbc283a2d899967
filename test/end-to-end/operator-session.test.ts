import { describe, expect, jest, spyOn, test } from "bun:test";
import { WriteHalf } from "../../lib/connection/write-half.ts";
import { stopClock } from "../helpers/clock.ts";
import { openAdminSocket, openWithChat, prompted } from "../helpers/operators.ts";

stopClock();

const GOODBYE = "*** The server is shutting down ***\n";

describe("OperatorSession", () => {
  test("answers scripts with ok or why nothing was done, and does not prompt them", async () => {
    const { server, run } = openAdminSocket({ lineRate: 0 });
    expect(await run("reload\n")).toBe("ok\n");
    expect(await run("/RELOAD\n\n/exit\nreload\n")).toBe("ok\n");
    expect(await run("kikc Bob")).toBe("*** There is no command /kikc. Did you mean /kick?\n");
    expect(await run("kick\nquit now\n")).toBe("*** Type /kick NAME [reason]\n");
    expect(await run(`${"x".repeat(70_000)}\nreload\n`)).toBe(
      "*** Line too long (limit 65536 bytes); not sent.\nok\n",
    );
    await server.stop();
  });

  test("prompts people, who may take their time", async () => {
    const { server, person } = openAdminSocket({
      nameTimeoutMs: 1_000,
      idleTimeoutMs: 1_000,
      lineRate: 0,
    });
    const operator = await person();
    jest.advanceTimersByTime(3_600_000);
    operator.send("\n/help quit\n");
    await operator.expect("/quit                   close this connection (or /exit)\nok\n");
    await prompted(operator);
    operator.send("announce\n");
    await operator.expect("*** Type /announce text\n");
    await prompted(operator);
    operator.send(`${"x".repeat(70_000)}\n`);
    await operator.expect("*** Line too long (limit 65536 bytes); not sent.\n");
    await prompted(operator);
    operator.send("announce hi\n");
    await operator.expect("ok\n");
    await prompted(operator);
    expect(server.clients).toBe(0);
    const stopped = server.stop();
    await operator.expectLast(GOODBYE);
    await stopped;
  });

  test("ends what it tells a slow script with the answer to its last command", async () => {
    const { server, person } = openAdminSocket();
    const slow = await person();
    slow.send("announce hi\nannounce\n").halfClose();
    await slow.expectLast("ok\n*** Type /announce text\n");
    await server.stop();
  });

  test("ends what it tells a script with the answer, also if that ends the server", async () => {
    for (const isSlow of [false, true]) {
      const { server, person, script } = openAdminSocket();
      const operator = isSlow ? await person() : await script("");
      operator.send("drain 0\n");
      await operator.expectLast("ok\n");
      await server.stopped;
    }
  });

  test("shows the log as it happens, until it is asked again", async () => {
    const { server, script, join } = openAdminSocket();
    const operator = await script("watch\n");
    await operator.expect("ok\n");
    using alice = await join("Alice");
    await operator.expect(`Alice (${alice.address}) has joined\n`);
    alice.send("hello\n");
    await operator.expect("Alice: hello\n");
    operator.send("/watch\n");
    await operator.expect("ok\n");
    alice.send("not seen\n/who\n");
    await alice.until(/1 person/);
    operator.send("quit\n");
    await operator.expectLast("");
    await server.stop({ force: true });
  });

  test("shows it also where there is no other log, and prompts nobody meanwhile", async () => {
    const { server, person, join } = openAdminSocket({ quiet: true, logFormat: "json" }, false);
    const operator = await person();
    operator.send("watch\n");
    await operator.expect("ok\n");
    using alice = await join("Alice");
    expect(JSON.parse(await operator.line())).toMatchObject({ event: "joined", name: "Alice" });
    alice.send("hello\n/who\n");
    await alice.until(/1 person/);
    jest.advanceTimersByTime(250);
    operator.send("watch\n");
    await operator.expect("ok\n");
    await prompted(operator);
    await server.stop({ force: true });
  });

  test("keeps up with nobody who does not read the log", async () => {
    const { server, script, join } = openAdminSocket({
      lineRate: 0,
      addressLineRate: 0,
      queueLimitBytes: 65_536,
    });
    const operator = await script("watch\n");
    await operator.expect("ok\n");
    operator.pause();
    using alice = await join("Alice");
    alice.send(`${"x".repeat(1_000)}\n`.repeat(3_000)).send("/who\n");
    await alice.until(/1 person/);
    operator.resume();
    await operator.until(/\*\*\* \d+ lines skipped: your connection is too slow \*\*\*\n/);
    await server.stop({ force: true });
  });

  test("says what to use instead if a program does not answer to the offer of the editor", async () => {
    const { server, person } = openAdminSocket();
    const operator = await person();
    operator.send("editor\n");
    await operator.until(/ok\n/);
    jest.advanceTimersByTime(2_000);
    await operator.until(/\*\*\* Your program does not answer\. .*\n/);
    await server.stop();
  });

  test("has the line editor, in which Tab knows commands and people", async () => {
    const { server, person, join } = openAdminSocket();
    using alice = await join("Alice");
    const operator = await person();
    operator.send("editor raw\r\n");
    await operator.until(/The line editor is on.*ok/s);
    operator.send("ki\tal\tbye\r");
    await alice.expectLast("*** You have been sent home: bye\n");
    await operator.until(/natter> kick Alice bye\r\nok\r\n/);
    await server.stop({ force: true });
  });

  test("shows the log no longer to one who has gone, or with whom something is wrong", async () => {
    for (const isWrong of [false, true]) {
      const { adminSocket, client, followers, failed } = await openWithChat();
      await client.send("watch\n").expect("ok\n");
      using tell = spyOn(WriteHalf.prototype, "tell");
      if (isWrong) {
        tell.mockImplementation(() => {
          throw new Error("a fault");
        });
        for (const follower of followers) follower("text\n");
      } else {
        client.halfClose();
      }
      await client.expectLast("");
      expect([followers.size, failed()]).toEqual([0, isWrong ? 1 : 0]);
      adminSocket.close();
    }
  });
});
