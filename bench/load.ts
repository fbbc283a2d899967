/**
 * A process that plays people in a chat, as the benchmark bids it. Its arguments are which people,
 * and their job as JSON.
 */
import { Crowd } from "./crowd.ts";
import { serve } from "./remote.ts";
import { Visitors } from "./visitors.ts";

const [kind, job = ""] = Bun.argv.slice(2);
serve(kind === "crowd" ? new Crowd(JSON.parse(job)) : new Visitors(JSON.parse(job)));
