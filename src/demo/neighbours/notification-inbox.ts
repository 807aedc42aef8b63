/**
 * What the notification service remembers of the events it was told: enough to say whether each came once,
 * and those of one coupon in their order. A repetition is known by the id of the event, as by every receiver.
 */
import { z } from 'zod';

/** A CloudEvent of a coupon, as far as a notification needs it. */
export const CouponEvent = z.object({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  data: z.object({
    /** The coupon's version after the change; a notice (coupon.expiring) changes nothing and has none. */
    seq: z.number().int().optional(),
    userId: z.string(),
    templateId: z.string(),
  }),
});
export type CouponEvent = z.infer<typeof CouponEvent>;

export class NotificationInbox {
  private readonly ids = new Set<string>();
  /** By coupon: the seq of the change that was told last. */
  private readonly lastSeq = new Map<string, number>();
  private readonly told = new Set<string>();
  private readonly types = new Map<string, number>();
  /** Events that came before or after their turn: there must be none. */
  readonly outOfOrder: string[] = [];
  repeated = 0;

  take({ id, type, subject, data }: CouponEvent): void {
    if (this.ids.has(id)) {
      this.repeated += 1;
      return;
    }
    this.ids.add(id);
    this.types.set(type, (this.types.get(type) ?? 0) + 1);
    this.told.add(wordOf(type, data));
    if (data.seq === undefined) return;
    // Of a coupon from before this endpoint was made, what is told first may be any step.
    const last = this.lastSeq.get(subject) ?? data.seq - 1;
    if (data.seq !== last + 1) this.outOfOrder.push(`${subject}: ${data.seq} after ${last}`);
    this.lastSeq.set(subject, Math.max(last, data.seq));
  }

  /** Events, without repetitions. */
  get received(): number {
    return this.ids.size;
  }

  /** How many of each type. */
  get counts(): readonly (readonly [type: string, count: number])[] {
    return [...this.types].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  hasHeard(expected: Expected): boolean {
    return this.told.has(wordOf(expected.type, expected));
  }
}

/** Something that the service must tell: of this user's coupon of this template. */
export interface Expected {
  readonly type: string;
  readonly templateId: string;
  readonly userId: string;
}

function wordOf(type: string, { templateId, userId }: Omit<Expected, 'type'>): string {
  return `${type} ${templateId} ${userId}`;
}
