/**
 * natter without the pauses between flushes. They are as long as the last flush took, and for this
 * program's clock nothing takes any time. It stands still for budgets too: there are none here, as
 * lines are not limited, and joins not from this machine.
 */
import { startChatServer } from "../../lib/server.ts";

performance.now = () => 0;

startChatServer({ port: Number(Bun.argv[2]), lineRate: 0 });
