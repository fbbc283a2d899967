/** The memory that buffers take which somebody still holds, in bytes. */
export function heldByBuffers(): number {
  Bun.gc(true);
  return process.memoryUsage().external;
}
