import { CONNECTION } from "./connection.ts";
import { LIMITS } from "./limits.ts";
import type { Mutation } from "./mutation.ts";
import { OPERATOR } from "./operator.ts";
import { PEOPLE } from "./people.ts";
import { RECEIVING } from "./receiving.ts";
import { ROOM } from "./room.ts";
import { SENDING } from "./sending.ts";
import { SERVER } from "./server.ts";

/** All that `bun run mutate` breaks. */
export const MUTATIONS: readonly Mutation[] = [
  ...SENDING,
  ...LIMITS,
  ...RECEIVING,
  ...ROOM,
  ...PEOPLE,
  ...CONNECTION,
  ...SERVER,
  ...OPERATOR,
];
