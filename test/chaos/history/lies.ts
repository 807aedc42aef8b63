/** One way to tell each lie: what an honest run becomes when the service tells it. undefined: no place for it. */
import type { Attempt, CouponRecord, Lie } from './history.types.js';
import type { Run } from './truthful.js';

export const TOLD: Readonly<Record<Lie, (run: Run) => Run | undefined>> = {
  'lost ack': (run) => {
    const acked = run.history.attempts.find(isAck);
    return acked && withCoupons(run, (all) => all.filter((c) => c.couponId !== idOf(acked)));
  },
  'ghost after refusal': (run) => {
    const refused = run.history.attempts.find(({ user, key }) =>
      run.history.attempts
        .filter((other) => other.user === user && other.key === key)
        .every(({ answer }) => answer.kind === 'REFUSED' && answer.code !== 'OUTCOME_UNKNOWN'),
    );
    return refused && withCoupons(run, (all) => [...all, rowOf(refused, 'ghost')]);
  },
  'coupon nobody asked for': (run) =>
    withCoupons(run, (all) => [
      ...all,
      { ...rowOf(run.history.attempts[0]!, 'stray'), key: undefined },
    ]),
  'two coupons for a key': (run) => {
    const acked = run.history.attempts.find(isAck);
    return acked && withCoupons(run, (all) => [...all, rowOf(acked, 'twin')]);
  },
  'success refused later': (run) => {
    const acked = run.history.attempts.find(isAck);
    if (acked === undefined) return undefined;
    const later = {
      ...acked,
      invokedMs: acked.returnedMs + 1,
      returnedMs: acked.returnedMs + 2,
      answer: { kind: 'REFUSED', code: 'USER_LIMIT_REACHED' } as const,
    };
    return withAttempts(run, (all) => [...all, later]);
  },
  'over the user limit': (run) => {
    const [first] = run.history.attempts;
    const many = Array.from({ length: 4 }, (_, i) => rowOf(first!, `more-${i}`));
    return withCoupons(run, (all) => [...all, ...many]);
  },
  oversold: (run) => {
    const many = Array.from({ length: 13 }, (_, i) => ({
      ...rowOf(run.history.attempts[0]!, `extra-${i}`),
      userId: `crowd-${i}`,
    }));
    return withCoupons(run, (all) => [...all, ...many]);
  },
  undersold: (run) => {
    const { total } = run.record.templates[0]!;
    return run.record.coupons.length < total! ? run : undefined;
  },
  'sold out with room left': (run) => {
    const before = Math.min(...run.history.attempts.map(({ invokedMs }) => invokedMs));
    const early: Attempt = {
      user: 'early',
      key: 'bird',
      templateId: run.record.templates[0]!.templateId,
      invokedMs: before - 2,
      returnedMs: before - 1,
      answer: { kind: 'REFUSED', code: 'SOLD_OUT' },
    };
    return withAttempts(run, (all) => [early, ...all]);
  },
  "another user's coupon": (run) => {
    const acked = run.history.attempts.find(isAck);
    const other = run.record.coupons.find((coupon) => coupon.userId !== acked?.user);
    if (acked === undefined || other === undefined) return undefined;
    const answer = { kind: 'COUPON', couponId: other.couponId, ownerId: acked.user } as const;
    return withAttempts(run, (all) => all.map((a) => (a === acked ? { ...a, answer } : a)));
  },
  'lost order': (run) => ({
    history: {
      ...run.history,
      orders: [{ orderId: 'o', step: 'CONFIRM', couponIds: ['c'], status: 'CONFIRMED' }],
    },
    record: {
      ...run.record,
      redemptions: [{ orderId: 'o', status: 'EXPIRED', couponIds: ['c'] }],
    },
  }),
};

const isAck = ({ answer }: Attempt) => answer.kind === 'COUPON';
const idOf = ({ answer }: Attempt) => (answer.kind === 'COUPON' ? answer.couponId : '');

const rowOf = ({ user, key, templateId }: Attempt, couponId: string): CouponRecord => ({
  couponId,
  templateId,
  userId: user,
  key,
});

function withCoupons(run: Run, change: (all: readonly CouponRecord[]) => CouponRecord[]): Run {
  return { ...run, record: { ...run.record, coupons: change(run.record.coupons) } };
}

function withAttempts(run: Run, change: (all: readonly Attempt[]) => Attempt[]): Run {
  return { ...run, history: { ...run.history, attempts: change(run.history.attempts) } };
}
