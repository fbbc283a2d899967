import { afterEach, describe, expect, jest, mock, spyOn, test } from "bun:test";
import { Admission } from "../../lib/limits/admission.ts";
import { startChatServer } from "../../lib/server.ts";
import { SendQueue } from "../../lib/connection/send-queue.ts";
import { Session } from "../../lib/conversation/session.ts";
import { WriteHalf } from "../../lib/connection/write-half.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";

stopClock();
afterEach(() => void mock.restore());

/** Makes the method throw at its next call, and work as before after that. */
function breakOnce<T extends object>(prototype: T, method: keyof T): void {
  const works = prototype[method] as (...args: unknown[]) => unknown;
  let isBroken = true;
  spyOn(prototype as Record<PropertyKey, () => unknown>, method).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    if (isBroken) {
      isBroken = false;
      throw new Error("a bug of ours");
    }
    return works.apply(this, args);
  });
}

async function chat(options: object = {}) {
  let logged = "";
  const server = startChatServer({ port: 0, log: (text) => (logged += text), ...options });
  const alice = await ChatClient.join(server.port, "Alice");
  const bob = await ChatClient.join(server.port, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return {
    server,
    alice,
    bob,
    log: () => logged,
    /** The broken client is gone, the other one heard of it, and the server lets people in as before. */
    async expectOnlyOneGone(broken: ChatClient, reason = "internal error") {
      const [name, other] = broken === alice ? ["Alice", bob] : ["Bob", alice];
      await broken.expectLast("");
      await other.expect(`*** ${name} has left the chat ***\n`);
      const carol = await ChatClient.join(server.port, "Carol");
      await other.expect("*** Carol has joined the chat ***\n");
      carol.send("hi\n");
      await other.expect("Carol: hi\n");
      expect(server.clients).toBe(2);
      expect(logged).toMatch(
        /^internal error with the client at 127\.0\.0\.1:\d+: Error: a bug of ours\n +at .*\n/m,
      );
      expect(logged).toContain(`${name} (${broken.address}) has left: ${reason}\n`);
      await Promise.all([server.stop(), carol.expectLast("*** The server is shutting down ***\n")]);
      expect(server.clients).toBe(0);
    },
  };
}

describe("an error of ours disconnects one client, is logged with its stack, and harms nobody else", () => {
  test("in a socket's handler", async () => {
    const { bob, expectOnlyOneGone } = await chat();
    breakOnce(Session.prototype, "line");
    bob.send("boom\n");
    await expectOnlyOneGone(bob);
  });

  test("in a line that had to wait", async () => {
    const { alice, bob, expectOnlyOneGone } = await chat({ lineBurst: 3 });
    bob.send("one\ntwo\nthree\n");
    await alice.expect("Bob: one\nBob: two\n");
    breakOnce(Session.prototype, "line");
    jest.advanceTimersByTime(100);
    await expectOnlyOneGone(bob);
  });

  test("in the room's flush", async () => {
    const { alice, bob, expectOnlyOneGone } = await chat();
    breakOnce(SendQueue.prototype, "send");
    bob.send("boom\n");
    await expectOnlyOneGone(alice);
  });

  test("in a timer", async () => {
    const { alice, bob, expectOnlyOneGone } = await chat();
    jest.advanceTimersByTime(200_000);
    bob.send("still here\n");
    await alice.expect("Bob: still here\n");
    breakOnce(WriteHalf.prototype, "finish");
    jest.advanceTimersByTime(100_000);
    await expectOnlyOneGone(alice, "idle timeout");
  });

  test("also when it cannot even be taken out of the room", async () => {
    const { server, alice, bob, log } = await chat();
    breakOnce(Session.prototype, "line");
    breakOnce(Session.prototype, "leave");
    bob.send("boom\n");
    await bob.expectLast("");
    await until(() => server.clients === 1);
    await turnOver();
    expect(log().match(/internal error with the client at .*: Error: a bug of ours/g)).toHaveLength(
      2,
    );
    const stopped = server.stop();
    await alice.rest();
    await stopped;
  });

  test("before there is anything to say", async () => {
    const { server, alice, bob, log } = await chat();
    breakOnce(Session.prototype, "start");
    const nobody = await ChatClient.connect(server.port);
    await nobody.expectLast("");
    expect(log()).toContain(`internal error with the client at ${nobody.address}: Error: a bug`);
    bob.send("still here\n");
    await alice.expect("Bob: still here\n");
    expect(server.clients).toBe(2);
    const stopped = server.stop();
    for (const client of [alice, bob]) await client.rest();
    await stopped;
  });

  test("before it is let in", async () => {
    const { server, alice, bob, log } = await chat();
    breakOnce(Admission.prototype, "enter");
    const nobody = await ChatClient.connect(server.port);
    await nobody.expectLast("");
    bob.send("still here\n");
    await alice.expect("Bob: still here\n");
    expect(log()).toContain("internal error with the client at the door: Error: a bug of ours\n");
    expect(server.clients).toBe(2);
    const stopped = server.stop();
    for (const client of [alice, bob]) await client.rest();
    await stopped;
  });

  test("when it has gone already", async () => {
    const { server, alice, bob, log } = await chat();
    breakOnce(Session.prototype, "leave");
    bob.reset();
    await until(() => server.clients === 1);
    await turnOver();
    expect(log()).toContain(`internal error with the client at ${bob.address}: Error: a bug`);
    const stopped = server.stop();
    await alice.rest();
    await stopped;
  });
});
