/** Everything that happens in a soak, and how often in proportion. */
import type { Scene } from "./play.ts";
import { endlessLine, knocks, longLines, noise, telnet } from "./scenes/bytes.ts";
import {
  fillAddress,
  fillServer,
  history,
  idle,
  neverGivesName,
  reloadWelcome,
  storm,
} from "./scenes/crowds.ts";
import { halfCloses, neverCloses, pasting, resets } from "./scenes/endings.ts";
import { slowReader, stalledReaders } from "./scenes/readers.ts";
import {
  badNames,
  chat,
  claims,
  commands,
  ignoring,
  joinTooOften,
  renames,
  type,
} from "./scenes/talk.ts";

export interface Entry {
  readonly scene: Scene;
  readonly weight: number;
  /** Only one of these is played at a time. */
  readonly isLarge?: boolean;
}

export const SCENES: Readonly<Record<string, Entry>> = {
  chat: { scene: chat, weight: 20 },
  type: { scene: type, weight: 4 },
  commands: { scene: commands, weight: 6 },
  ignoring: { scene: ignoring, weight: 4 },
  claims: { scene: claims, weight: 6 },
  badNames: { scene: badNames, weight: 4 },
  renames: { scene: renames, weight: 1 },
  joinTooOften: { scene: joinTooOften, weight: 1, isLarge: true },
  longLines: { scene: longLines, weight: 4 },
  endlessLine: { scene: endlessLine, weight: 3 },
  noise: { scene: noise, weight: 5 },
  telnet: { scene: telnet, weight: 4 },
  knocks: { scene: knocks, weight: 4 },
  halfCloses: { scene: halfCloses, weight: 6 },
  neverCloses: { scene: neverCloses, weight: 2 },
  resets: { scene: resets, weight: 8 },
  pasting: { scene: pasting, weight: 2 },
  stalledReaders: { scene: stalledReaders, weight: 3, isLarge: true },
  slowReader: { scene: slowReader, weight: 4 },
  storm: { scene: storm, weight: 2, isLarge: true },
  fillServer: { scene: fillServer, weight: 1, isLarge: true },
  fillAddress: { scene: fillAddress, weight: 2, isLarge: true },
  neverGivesName: { scene: neverGivesName, weight: 3 },
  idle: { scene: idle, weight: 3 },
  reloadWelcome: { scene: reloadWelcome, weight: 2, isLarge: true },
  history: { scene: history, weight: 3 },
};
