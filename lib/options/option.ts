/** What there is to say of an option. */
import type { UnitKind } from "./units.ts";

export interface TextOption {
  readonly kind: "text";
  readonly placeholder: string;
  /** What it is, with "a" or "an" before it. */
  readonly what: string;
  readonly default: string;
  /** What the empty text means. Without this, an empty text is not accepted. */
  readonly empty?: string;
  readonly bytesMax?: number;
}

/** Any number of texts. The flag is given once for each. */
export interface TextsOption extends Omit<TextOption, "kind" | "default"> {
  readonly kind: "texts";
  readonly default: readonly string[];
  /** What it means if there are none. */
  readonly empty: string;
}

export interface NumberOption {
  readonly kind: UnitKind;
  readonly default: number;
  /** The smallest and the largest value, in the unit of the library. */
  readonly min: number;
  readonly max: number;
  /** What 0 means, where it means something other than "none". */
  readonly zero?: string;
  /** Its default is another option's value times `factor`. That option stands before it. */
  readonly follows?: { readonly option: string; readonly flag: string; readonly factor: number };
}

/** `--FLAG` switches it on. One that is on by default is switched off by `--no-FLAG`. */
export interface SwitchOption {
  readonly kind: "switch";
  readonly default: boolean;
}

export type Option = (TextOption | TextsOption | NumberOption | SwitchOption) & {
  readonly flag: string;
  /** The flag in one letter, where it has one. */
  readonly short?: string;
  readonly group: (typeof GROUPS)[number];
  /** What it does, for `--help` and the documents. */
  readonly about: string;
  /** Why it exists and why the default is what it is, for docs/options.md. */
  readonly reason: string;
};

/** The headings of `--help` and of docs/options.md, in their order. */
export const GROUPS = [
  "Where it listens",
  "Who is let in",
  "Timeouts",
  "Limits",
  "What people see",
  "Many machines",
  "The operator's side",
] as const;
