/** The metrics of a room that several servers share. */
import { counter, gauge, histogram, type Metric } from "./metric.ts";

export const CLUSTER_METRICS: readonly Metric[] = [
  gauge("natter_cluster_in_touch", "0 while Redis is away.", ({ figures: { cluster } }) => {
    return cluster && Number(!cluster.isAway);
  }),
  counter("natter_cluster_lost_touch_total", "Times that Redis went away.", (sources) => {
    return sources.figures.cluster && sources.tally.lostTouch;
  }),
  counter(
    "natter_cluster_gaps_total",
    "Times that lines may not have been shown here.",
    (sources) => {
      return sources.figures.cluster && sources.tally.linesMissing;
    },
  ),
  histogram(
    "natter_cluster_round_trip_seconds",
    "Time until Redis has answered that a turn is in the log.",
    ({ figures }) => figures.cluster?.roundTrips,
  ),
  gauge(
    "natter_cluster_entries_ahead",
    "Entries of the log that this server knows of and has not shown.",
    ({ figures }) => figures.cluster?.entriesAhead,
  ),
  gauge(
    "natter_cluster_waiting_bytes",
    "Bytes that wait to be sent to the log.",
    ({ figures }) => figures.cluster?.waitingBytes,
  ),
];
