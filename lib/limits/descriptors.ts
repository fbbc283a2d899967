/** File descriptors: how many there may be, and how many there are. */
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";

/** How many files and sockets this process may have open; Infinity where the system sets no limit. */
export function descriptorLimit(): number {
  // Node.js's interface has the limits of a process only in this report.
  const report = process.report?.getReport() as Partial<Report> | undefined;
  const limit = report?.userLimits?.open_files?.soft;
  return typeof limit === "number" ? limit : Infinity;
}

/** About how many are open. The system always gives out the lowest free number, so that number tells. */
export function descriptorsInUse(): number {
  const descriptor = openSync(devNull, "r");
  closeSync(descriptor);
  return descriptor;
}

interface Report {
  readonly userLimits: { readonly open_files?: { readonly soft?: unknown } };
}
