import type { ModelSettings } from "./model.ts";
import { Transcript, type Expected } from "./transcript.ts";

/** What one member hides: a person, under all the names that it has had lately. */
export interface Hidden {
  person: Person | undefined;
  name: string;
  keys: string[];
}

export class Person {
  phase: "naming" | "chatting" | "left" = "naming";
  name = "";
  key = "";
  spokeAtMs = 0;
  /** Who last wrote to it alone. */
  writer: Person | undefined;
  hidden: Hidden[] = [];
  readonly transcript: Transcript;

  constructor({ queueLimitBytes, welcome }: ModelSettings) {
    this.transcript = new Transcript(queueLimitBytes, welcome === "");
  }

  hides(person: Person): boolean {
    return this.hidden.some((each) => each.person === person);
  }

  /** It must be told this. */
  told(...texts: Expected[]): void {
    this.transcript.expect(...texts);
  }
}
