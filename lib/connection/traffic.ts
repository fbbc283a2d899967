/**
 * What all clients of a chat have sent and were sent, and how long they were made to wait. Connections add to it,
 * and it is read when somebody asks.
 */
export class Traffic {
  /** Bytes that arrived, before anything is taken out of them. */
  receivedBytes = 0;
  /** Bytes that links have accepted whose connections are over. The others know it themselves. */
  sentBytes = 0;
  /** How long lines were made to wait, because somebody has said too much or joined too often. */
  throttledMs = 0;
}
