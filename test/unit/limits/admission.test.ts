import { describe, expect, jest, test } from "bun:test";
import { Admission } from "../../../lib/limits/admission.ts";
import { Addresses } from "../../../lib/limits/addresses.ts";
import { descriptorsInUse } from "../../../lib/limits/descriptors.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

describe("Admission", () => {
  const admission = (maxClients: number, maxClientsPerAddress: number) => {
    const settings = resolveOptions({ maxClients, maxClientsPerAddress });
    const addresses = new Addresses(settings);
    const door = new Admission(settings);
    return {
      door,
      enter: (host: string) => door.enter(addresses.of(host, host === HERE), 9),
      leave: (host: string) => door.leave(addresses.of(host, host === HERE)),
    };
  };
  const [A, B, C, HERE] = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "127.0.0.1"] as const;

  test("lets in as many clients as the limit says", () => {
    const { door, enter, leave } = admission(2, 2);
    expect([A, B, C].map(enter)).toEqual([undefined, undefined, "server full"]);
    expect(door.clients).toBe(2);
    leave(A);
    expect(enter(C)).toBeUndefined();
  });

  test("lets in as many of one address as the limit says, and any number of this machine", () => {
    const { door, enter, leave } = admission(100, 2);
    const hosts = [A, A, A, B, HERE, HERE, HERE];
    expect(hosts.map(enter)).toEqual(
      hosts.map((_, index) => (index === 2 ? "address full" : undefined)),
    );
    expect(door.clients).toBe(6);
    leave(A);
    expect([enter(A), enter(A)]).toEqual([undefined, "address full"]);
    leave(A);
    leave(A);
    expect([enter(A), enter(A)]).toEqual([undefined, undefined]);
  });

  test("throws if nobody could get in", () => {
    const open_files = { soft: descriptorsInUse() + 20 };
    const report = jest.spyOn(process.report!, "getReport");
    report.mockReturnValue({ userLimits: { open_files } });
    expect(() => admission(9, 9)).toThrow(
      expect.objectContaining({ code: "EMFILE", message: expect.stringContaining("ulimit -n") }),
    );
    open_files.soft++;
    expect(admission(9, 9).door.clientsMax).toBe(1);
    report.mockRestore();
  });

  test("lets nobody in while descriptors are scarce, whatever uses them", () => {
    const address = new Addresses(resolveOptions({})).of(A, false);
    expect(admission(100, 100).door.enter(address, 1_000_000_000)).toBe("server full");
  });
});

test("counting the descriptors leaves none open", () => {
  expect(descriptorsInUse()).toBe(descriptorsInUse());
});
