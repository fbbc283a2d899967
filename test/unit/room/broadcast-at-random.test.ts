import { describe, expect, jest, test } from "bun:test";
import { TurnEnd } from "../../../lib/limits/turn-end.ts";
import type { Listener } from "../../../lib/room/broadcast.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { RecordedOutbox, Room } from "../../helpers/recorded-outbox.ts";

stopClock();

describe("whatever happens in a turn, everyone is given exactly what is for them", () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`with seed ${seed}`, async () => {
      const random = randomNumbers(seed);
      const pick = <Item>(items: readonly Item[]) => items[random(items.length)] as Item;
      const room = new Room(200, new TurnEnd());
      const here: {
        member: Listener;
        outbox: RecordedOutbox;
        expected: string;
        ignores: Set<Listener>;
      }[] = [];
      const gone: typeof here = [];
      for (let step = 0; step < 3_000; step++) {
        const person = here.length > 0 ? pick(here) : undefined;
        const line = `${step} ${"é".repeat(random(60))}\n`;
        switch (person === undefined ? 0 : random(8)) {
          case 0: {
            const outbox = new RecordedOutbox();
            const member = room.join(outbox);
            here.push({ member, outbox, expected: "", ignores: new Set() });
            break;
          }
          case 1:
            if (random(3) > 0 || person === undefined) break;
            room.remove(person.member);
            person.outbox.flush();
            here.splice(here.indexOf(person), 1);
            gone.push(person);
            for (const { ignores } of here) ignores.delete(person.member);
            break;
          case 2:
            room.tell(person!.member, line);
            person!.expected += line;
            break;
          case 3:
            room.announce(line, person!.member);
            for (const each of here) if (each !== person) each.expected += line;
            break;
          case 4: {
            const other = pick(here);
            if (other === person) break;
            if (!person!.ignores.delete(other.member)) person!.ignores.add(other.member);
            break;
          }
          case 5:
            if (random(2) > 0) jest.advanceTimersByTime(random(200));
            await turnOver();
            break;
          default: {
            const deaf = here.filter((each) => each === person || each.ignores.has(person!.member));
            room.say(line, ...deaf.map(({ member }) => member));
            for (const each of here) if (!deaf.includes(each)) each.expected += line;
          }
        }
      }
      jest.advanceTimersByTime(1_000);
      await turnOver();
      for (const { outbox, expected } of [...here, ...gone]) {
        expect(outbox.writes.join("")).toBe(expected);
      }
      expect(here.length + gone.length).toBeGreaterThan(100);
    });
  }
});

/** Whole numbers below a limit, the same for the same seed (xorshift32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
