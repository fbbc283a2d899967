/** natter, to be soaked. */
import { startChatServer } from "../../lib/server.ts";
import { beSoaked } from "./soaked-server.ts";

beSoaked(startChatServer);
