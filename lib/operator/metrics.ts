/**
 * Every metric, once: its name, its type, what it tells, and where that is read. `/metrics` is made from this table,
 * and a test compares the table of docs/operations.md with it. Names follow Prometheus's own advice: units are
 * seconds and bytes, and what only grows ends in `_total`. No label has the name or the address of anybody.
 */
import { CLUSTER_METRICS } from "./cluster-metrics.ts";
import { by, counter, gauge, histogram, type Metric } from "./metric.ts";

const PEOPLE: readonly Metric[] = [
  by(
    ["listener", "stage"],
    gauge(
      "natter_clients",
      "Connections by where they came in and how far their stay has come.",
      ({ figures }) => figures.clients,
    ),
  ),
  gauge("natter_clients_max", "Most clients that are let in.", ({ figures }) => figures.clientsMax),
  gauge(
    "natter_members",
    "People in the room, also those on other servers of a cluster.",
    ({ figures }) => figures.members,
  ),
  counter("natter_connections_total", "Clients that were let in.", ({ tally }) => tally.connected),
  counter("natter_joins_total", "Clients that have joined the room.", ({ tally }) => tally.joined),
  counter("natter_renames_total", "Names that were changed.", ({ tally }) => tally.renamed),
  by(
    ["reason"],
    counter(
      "natter_leaves_total",
      "Members of this server that have left the room.",
      ({ tally }) => tally.left,
    ),
  ),
  by(
    ["reason"],
    counter(
      "natter_disconnects_total",
      "Connections that have ended, also of clients that were refused or never joined.",
      ({ tally }) => tally.disconnected,
    ),
  ),
  by(
    ["reason"],
    counter("natter_refusals_total", "Clients that were refused.", ({ tally }) => tally.refused),
  ),
];

const LINES: readonly Metric[] = [
  counter(
    "natter_lines_read_total",
    "Lines that were read from clients: messages, commands and names.",
    ({ tally }) => tally.linesRead,
  ),
  counter(
    "natter_messages_total",
    "Public messages of this server's members.",
    ({ tally }) => tally.said,
  ),
  by(
    ["command"],
    counter(
      "natter_commands_total",
      "Commands that were given.",
      ({ figures }) => figures.commands,
    ),
  ),
  counter(
    "natter_deliveries_total",
    "Public lines, counted once for each member here that is sent one.",
    ({ figures }) => figures.broadcast.deliveries,
  ),
  counter(
    "natter_received_bytes_total",
    "Bytes that clients have sent.",
    ({ figures }) => figures.traffic.receivedBytes,
  ),
  counter(
    "natter_sent_bytes_total",
    "Bytes that the system has accepted for clients.",
    ({ figures }) => figures.traffic.sentBytes,
  ),
  counter(
    "natter_throttled_seconds_total",
    "Time for which lines had to wait, because a client said too much or its address joined too often.",
    ({ figures }) => figures.traffic.throttledMs / 1_000,
  ),
];

const READERS: readonly Metric[] = [
  gauge(
    "natter_queued_bytes",
    "Bytes that wait for readers whose sockets take no more, and what it costs to keep them.",
    ({ figures }) => figures.queues.bytes,
  ),
  gauge(
    "natter_stalled_readers",
    "Readers whose sockets take no more at the moment.",
    ({ figures }) => figures.queues.size,
  ),
  counter(
    "natter_skipped_lines_total",
    "Lines that readers were told they had missed, being too slow.",
    ({ tally }) => tally.linesSkipped,
  ),
  counter(
    "natter_queue_cuts_total",
    "Times that the longest queues were cut, because all together were too long.",
    ({ tally }) => tally.queuesCut,
  ),
  counter(
    "natter_holds_total",
    "Times that a reader made those wait who send in bulk.",
    ({ tally }) => tally.holds,
  ),
  gauge(
    "natter_holding_readers",
    "Readers that make others wait at the moment.",
    ({ figures }) => figures.holding,
  ),
  counter(
    "natter_readers_left_behind_total",
    "Readers that did not catch up while others waited.",
    ({ tally }) => tally.leftBehind,
  ),
];

const SERVER: readonly Metric[] = [
  histogram(
    "natter_flush_seconds",
    "Time to write a turn's lines to all members.",
    ({ figures }) => figures.broadcast.flushes,
  ),
  histogram(
    "natter_event_loop_delay_seconds",
    "How late a timer fires: so long a line may have waited.",
    ({ loopDelays }) => loopDelays,
  ),
  counter("natter_errors_total", "Errors of natter's own code.", ({ tally }) => tally.failed),
  gauge(
    "natter_log_waiting_lines",
    "Lines that wait to be written to the log.",
    ({ log }) => log?.waitingLines,
  ),
  counter(
    "natter_log_lost_lines_total",
    "Lines of the log that were lost while it could not be written.",
    ({ log }) => log?.lostLines,
  ),
  gauge("natter_log_failing", "1 while the log cannot be written.", ({ log }) => {
    return log && Number(log.isFailing);
  }),
  gauge("natter_heap_bytes", "Memory of JavaScript's objects.", ({ process }) => process.heapBytes),
  gauge(
    "process_resident_memory_bytes",
    "Memory of the process.",
    ({ process }) => process.residentBytes,
  ),
  counter("process_cpu_seconds_total", "Processor time.", ({ process }) => process.cpuSeconds),
  gauge(
    "process_start_time_seconds",
    "When the process was started, in Unix time.",
    ({ process }) => process.startSeconds,
  ),
  gauge("process_open_fds", "Open files and sockets.", ({ process }) => process.descriptors),
  gauge(
    "process_max_fds",
    "Most files and sockets that may be open.",
    ({ descriptorsMax }) => descriptorsMax,
  ),
];

/** In the order of the page. */
export const METRICS: readonly Metric[] = [
  ...PEOPLE,
  ...LINES,
  ...READERS,
  ...SERVER,
  ...CLUSTER_METRICS,
];
