import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LineDecoder, type Decoded } from "../../lib/connection/line-decoder.ts";
import { LIMIT_BYTES, nastyUnit, packets } from "./bytes.ts";
import { check, LOADED_MS } from "./check.ts";
import { LineDecoderModel } from "./line-decoder-model.ts";
import { expectLinear } from "./linear.ts";

type Decoder = Pick<LineDecoder, "push" | "next" | "end">;

/** Pulls up to `pulls[n]` lines after packet `n`, and all others at the end. Returns what was pulled. */
function decode(decoder: Decoder, packets: Iterable<Uint8Array>, pulls: number[]): Decoded[] {
  const results: Decoded[] = [];
  const pull = (times: number) => {
    for (let count = 0; count < times; count++) {
      const result = decoder.next();
      if (result === undefined) break;
      results.push(result);
    }
  };
  let index = 0;
  for (const packet of packets) {
    decoder.push(packet);
    pull(pulls[index++] ?? Infinity);
  }
  decoder.end();
  pull(Infinity);
  return results;
}

const isLine = (result: Decoded) => typeof result !== "object";

describe("LineDecoder", () => {
  test("decodes any bytes as the model does, however they are cut and pulled", () => {
    check(
      fc.property(packets, fc.array(fc.nat(4)), (cut, pulls) => {
        const results = decode(new LineDecoder(LIMIT_BYTES), cut, pulls);
        expect(results).toEqual(decode(new LineDecoderModel(LIMIT_BYTES), cut, pulls));
      }),
      2_000,
    );
  });

  test("makes the same lines of the same bytes, and takes the same bytes for commands", () => {
    check(
      fc.property(packets, fc.array(fc.nat(4)), (cut, pulls) => {
        const results = decode(new LineDecoder(LIMIT_BYTES), cut, pulls);
        const whole = decode(new LineDecoder(LIMIT_BYTES), [Buffer.concat(cut)], []);
        expect(results.filter(isLine)).toEqual(whole.filter(isLine));
        expect(commandBytes(results)).toBe(commandBytes(whole));
      }),
      1_000,
    );
  });

  test("does not change the bytes that it is given", () => {
    check(
      fc.property(packets, (cut) => {
        const before = cut.map((packet) => Uint8Array.from(packet));
        decode(new LineDecoder(LIMIT_BYTES), cut, []);
        expect(cut).toEqual(before);
      }),
      300,
    );
  });

  test(
    "takes linear time for anything that is repeated, and then something else, in packets",
    () => {
      const packetBytes = fc.constantFrom(1, 7, 1_460);
      check(
        fc.property(nastyUnit, nastyUnit, packetBytes, (one, other, packetBytes) => {
          expectLinear(4_096, (size) => {
            const bytes = Buffer.concat([
              Buffer.alloc(size / 2, one),
              Buffer.alloc(size / 2, other),
            ]);
            const count = Math.ceil(size / packetBytes);
            const cut = Array.from({ length: count }, (_, index) =>
              bytes.subarray(index * packetBytes, (index + 1) * packetBytes),
            );
            decode(new LineDecoder(size), cut, []);
          });
        }),
        6,
      );
    },
    LOADED_MS,
  );
});

function commandBytes(results: Decoded[]): number {
  return results.reduce((sum, result) => sum + (typeof result === "object" ? result.bytes : 0), 0);
}
