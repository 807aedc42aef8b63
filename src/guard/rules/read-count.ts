/** What count-claims-n.lua says of one limit. */
export interface Count {
  /** Not let in. */
  readonly isFull: boolean;
  /** Let in although it was full. */
  readonly isBeyond: boolean;
  /** When a place is free, epoch milliseconds; 0: there was one. */
  readonly freeAtMs: number;
}

export function readCount(reply: unknown): Count {
  const number = Number(reply);
  const isBeyond = number > 1;
  return { isFull: number < 0, isBeyond, freeAtMs: isBeyond || number < 0 ? Math.abs(number) : 0 };
}
