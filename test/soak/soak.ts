/**
 * One server, soaked: load, a quiet point, load, a quiet point, to the end. At a quiet point everybody except the
 * witnesses has gone, and all that was said has been heard. Only then can figures be compared.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Remote } from "../../bench/remote.ts";
import { Company } from "./company.ts";
import { FIGURE_NAMES, FIGURES, type Figures, type Sample } from "./figures.ts";
import { Random } from "./random.ts";
import { SCENES } from "./scenes.ts";
import { SETTINGS } from "./settings.ts";
import type { SoakedServer } from "./soaked-server.ts";
import { findChange } from "./verdict.ts";
import { soakTally, type Kind, type SoakTally } from "./tally.ts";

const QUIET_POINTS_MAX = 40;
const QUIET_POINTS_MIN = 3;
const SECONDS_PER_QUIET_POINT = 5;

/** How much load comes before a quiet point at least, in milliseconds. */
const LOAD_MS_MIN = 300;

const REHEARSALS_MAX = 4;

/** How long scenes may go on after the end of the load before they are broken off, in milliseconds. */
const GRACE_MS = 500;

/** How long a server may take to come to rest, and how often that is checked, in milliseconds. */
const REST_MS_MAX = 3_000;
const LOOK_MS = 50;

/** A stop that takes longer than this hangs, in milliseconds. */
const STOP_MS_MAX = 10_000;

export interface SoakPlan {
  readonly minutes: number;
  readonly seed: number;
  /** The program to soak, which calls `beSoaked`. */
  readonly server: string;
  /** The names of the scenes that are played. */
  readonly scenes: readonly string[];
  readonly isInterrupted: () => boolean;
  /** Is told of each sample. */
  readonly onSample: (sample: Sample) => void;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  readonly tally: SoakTally;
  /** The thing that must not happen, and that ended the soak. */
  readonly fault: string | undefined;
}

export class Soak {
  readonly samples: Sample[] = [];
  readonly #plan: SoakPlan;
  readonly #server: Remote<SoakedServer>;
  readonly #startedMs = performance.now();
  #company!: Company;

  private constructor(plan: SoakPlan) {
    this.#plan = plan;
    this.#server = new Remote([process.execPath, "run", plan.server]);
  }

  static async run(plan: SoakPlan): Promise<SoakResult> {
    const folder = mkdtempSync(join(tmpdir(), "natter-soak-"));
    const soak = new Soak(plan);
    let fault: string | undefined;
    try {
      await soak.#run(join(folder, "welcome.txt"));
    } catch (error) {
      fault = (error as Error).message;
    } finally {
      soak.#company?.end();
      await soak.#server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
    return { samples: soak.samples, tally: soak.#company?.tally ?? soakTally(), fault };
  }

  async #run(welcomeFile: string): Promise<void> {
    Company.writeWelcome(welcomeFile);
    const port = await this.#server.call("start", { ...SETTINGS, welcomeFile });
    const company = new Company({
      port,
      welcomeFile,
      random: new Random(this.#plan.seed),
      scenes: this.#plan.scenes,
      reload: () => this.#server.signal("SIGHUP"),
    });
    this.#company = company;
    await company.failure.or(company.join());
    await company.failure.or(this.#load());
    await company.failure.or(this.#stop());
  }

  async #load(): Promise<void> {
    const company = this.#company;
    const { minutes, isInterrupted } = this.#plan;
    const points = Math.round((minutes * 60) / SECONDS_PER_QUIET_POINT);
    const count = Math.min(QUIET_POINTS_MAX, Math.max(QUIET_POINTS_MIN, points));
    this.#take(await this.#rest(), undefined);
    for (let point = 1; point <= count && !isInterrupted(); point++) {
      company.talk();
      const untilMs = Math.max(
        this.#startedMs + ((minutes * 60_000) / count) * point,
        performance.now() + LOAD_MS_MIN,
      );
      const middleMs = (performance.now() + untilMs) / 2;
      let loaded: Figures | undefined;
      const look = async () => (loaded = await this.#server.call("figures", false));
      const looking = setTimeout(() => void look().catch(() => {}), middleMs - performance.now());
      if (point === 1) await this.#rehearse();
      await company.perform(() => isInterrupted() || performance.now() >= untilMs);
      clearTimeout(looking);
      await company.clearStage(GRACE_MS);
      this.#take(await this.#rest(), loaded);
      await this.#readDeeds();
    }
  }

  /** Makes everything happen at least once. It tries again if the machine was too slow for something. */
  async #rehearse(): Promise<void> {
    const company = this.#company;
    const { isInterrupted, scenes } = this.#plan;
    for (let time = 0; time < REHEARSALS_MAX; time++) {
      await company.rehearse(isInterrupted);
      await this.#readDeeds();
      const isWhole = scenes.length === Object.keys(SCENES).length;
      if (!isWhole || isInterrupted() || company.tally.missing.length === 0) return;
    }
  }

  #take(quiet: Figures, loaded: Figures | undefined): void {
    const sample = { minutes: (performance.now() - this.#startedMs) / 60_000, quiet, loaded };
    this.samples.push(sample);
    this.#plan.onSample(sample);
  }

  /**
   * The server's figures when it has come to rest. Then all figures that must be the same each time are as they were
   * the first time. The witnesses speak meanwhile, because they would be idle otherwise.
   *
   * @throws {Error} it does not come to rest
   */
  async #rest(): Promise<Figures> {
    const company = this.#company;
    const untilMs = performance.now() + REST_MS_MAX;
    const [first] = this.samples;
    for (;;) {
      await company.hush();
      const figures = await this.#server.call("figures", true);
      const expected = first?.quiet ?? { ...figures, clients: company.witnesses.length };
      const isAtRest = FIGURE_NAMES.every((name) => {
        return FIGURES[name].rule !== "same" || figures[name] === expected[name];
      });
      const roomSizes = company.witnesses.map(({ roomSize }) => roomSize);
      const isEmpty = roomSizes.every((size) => size === company.witnesses.length);
      if (isAtRest && isEmpty) {
        company.compareNotes();
        return figures;
      }
      if (performance.now() >= untilMs) {
        this.#take(figures, undefined);
        throw new Error(
          isEmpty
            ? `no rest: ${findChange(this.samples).join("; ")}`
            : `the witnesses see ${roomSizes} in the room when all have gone`,
        );
      }
      for (const witness of company.witnesses) witness.say();
      await Bun.sleep(LOOK_MS);
    }
  }

  async #readDeeds(): Promise<void> {
    const { left, holds, internalError } = await this.#server.call("deeds");
    if (internalError !== undefined) this.#company.fail(internalError);
    const { tally } = this.#company;
    tally.set("held", holds);
    for (const reason of ["closed", "reset", "quit", "idle timeout", "too slow"] as const) {
      tally.set(`left: ${reason}` satisfies Kind, left[reason] ?? 0);
    }
  }

  /** The server tells the witnesses that it stops, and nothing of it is left. */
  async #stop(): Promise<void> {
    const company = this.#company;
    const hang = setTimeout(() => company.fail("the server does not stop"), STOP_MS_MAX);
    try {
      company.leave();
      const words = company.witnesses.map(({ caller }) =>
        caller.hears(/^\*\*\* The server is shutting down \*\*\*$/),
      );
      await Promise.all([this.#server.call("stop"), ...words]);
      const { clients, timers, immediates } = await this.#server.call("figures", true);
      if (clients + timers + immediates === 0) return;
      company.fail(`after the end: ${clients} clients, ${timers} timers, ${immediates} immediates`);
    } finally {
      clearTimeout(hang);
    }
  }
}
