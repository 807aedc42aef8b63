/** Random operations on the small world, likelier where something can happen. */
import fc from 'fast-check';
import {
  COUPON_MINUTES,
  ownerOf,
  ORDERS,
  QUOTES,
  LINES,
  type As,
  type Op,
  type State,
} from './spec.js';

const as = fc.constantFrom<As>('service', 'service', 'service', 'anna', 'bert');
const order = fc.nat(ORDERS - 1);
const quote = fc.nat(QUOTES.length - 1);
const coupon = fc.nat(COUPON_MINUTES.length - 1);
const units = fc.option(
  fc
    .tuple(...LINES.map(({ quantity }) => fc.nat(quantity)))
    .filter((wanted) => wanted.some((quantity) => quantity > 0)),
  { freq: 2 },
);
const verb = fc.constantFrom;

/** What callers and operators may do at the same time. */
export const verbs: readonly fc.Arbitrary<Op>[] = [
  fc.record({ verb: verb('hold'), as, order, quote }),
  fc.record({ verb: verb('redeem'), as, order, quote }),
  fc.record({ verb: verb('confirm'), as, order }),
  fc.record({ verb: verb('release'), as, order }),
  fc.record({ verb: verb('refund'), order, units, key: fc.nat(2) }),
  fc.record({ verb: verb('FREEZE'), coupon }),
  fc.record({ verb: verb('UNFREEZE'), coupon }),
  fc.record({ verb: verb('REVOKE'), coupon }),
  fc.constant({ verb: 'expireHolds' }),
];

/** What happens around them. */
const surroundings: readonly fc.Arbitrary<Op>[] = [
  fc.record({ verb: verb('askAgain'), quote }),
  fc.record({ verb: verb('forward'), minutes: fc.constantFrom(1, 5, 15, 29, 30, 31) }),
  fc.constant({ verb: 'loseRedis' }),
];

const [hold, redeem, confirm, release, refund, ...others] = verbs;
export const operation: fc.Arbitrary<Op> = fc.oneof(
  { arbitrary: hold!, weight: 8 },
  { arbitrary: redeem!, weight: 2 },
  { arbitrary: confirm!, weight: 5 },
  { arbitrary: release!, weight: 3 },
  { arbitrary: refund!, weight: 4 },
  { arbitrary: fc.oneof(...others), weight: 3 },
  { arbitrary: surroundings[1]!, weight: 2 },
  { arbitrary: fc.oneof(...surroundings), weight: 2 },
);

/**
 * Redis may turn a hold away before MySQL is asked: rightly so, if another order has one of its coupons.
 */
export function isTurnedAwayRightly(state: State, op: Op, answer: string): boolean {
  if (op.verb !== 'hold' && op.verb !== 'redeem') return false;
  const match = /^QUOTE_STALE (\d+)$/.exec(answer);
  if (match === null) return false;
  const wanted = Number(match[1]);
  const owner = ownerOf(state, wanted);
  return (
    (QUOTES[op.quote]!.coupons as readonly number[]).includes(wanted) &&
    owner >= 0 &&
    owner !== op.order
  );
}
