/**
 * natter without the pauses between flushes. A pause is as long as the last flush took, and this program's clock
 * stands still, so nothing takes any time. The clock of budgets stands still too. That does no harm, because
 * lines are not limited here, and neither are joins from this machine.
 */
import { startChatServer } from "../../lib/server.ts";

performance.now = () => 0;

startChatServer({ port: Number(Bun.argv[2]), lineRate: 0 });
