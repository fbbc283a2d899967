/**
 * A process that plays people in a chat for the benchmark. Its arguments say which people, and their job as JSON.
 */
import { Crowd } from "./crowd.ts";
import { Flood } from "./flood.ts";
import { serve } from "./remote.ts";
import { Visitors } from "./visitors.ts";

const PEOPLE = { crowd: Crowd, flood: Flood, visitors: Visitors };

const [kind, job = ""] = Bun.argv.slice(2);
serve(new PEOPLE[kind as keyof typeof PEOPLE](JSON.parse(job)));
