/**
 * What redemptions promise, as a small program without stores: the model that the service is compared
 * with. It keeps orders only; what a coupon is follows from the orders that have it, so it shares no
 * representation with the service.
 */
export const MINUTE_MS = 60_000;
export const HOLD_MS = 30 * MINUTE_MS;
export const QUOTE_MS = 15 * MINUTE_MS;

export const USERS = ['anna', 'bert'] as const;
export type As = 'service' | (typeof USERS)[number];

/** Minutes until each coupon's own time is over. The last one is bert's. */
export const COUPON_MINUTES = [24 * 60, 70, 20, 24 * 60] as const;
export const COUPON_OWNERS = ['anna', 'anna', 'anna', 'bert'] as const;
/** Of each quote: whose, and which coupons in the order of application. */
export const QUOTES = [
  { user: 'anna', coupons: [0] },
  { user: 'anna', coupons: [1, 0] },
  { user: 'anna', coupons: [2, 1] },
  { user: 'anna', coupons: [] },
  { user: 'bert', coupons: [3] },
] as const;
/** What each coupon takes off, chosen to leave remainders. */
export const DISCOUNTS = [101, 50, 7, 1_000] as const;
export const LINES = [
  { lineId: 'a', unitPriceMinor: 333, quantity: 3 },
  { lineId: 'b', unitPriceMinor: 0, quantity: 1 },
  { lineId: 'c', unitPriceMinor: 1_999, quantity: 2 },
] as const;
export const ORDERS = 3;

export type Op =
  | {
      readonly verb: 'hold' | 'redeem';
      readonly as: As;
      readonly order: number;
      readonly quote: number;
    }
  | { readonly verb: 'confirm' | 'release'; readonly as: As; readonly order: number }
  | {
      readonly verb: 'refund';
      readonly order: number;
      readonly units: readonly number[] | null;
      readonly key: number;
    }
  | { readonly verb: 'FREEZE' | 'UNFREEZE' | 'REVOKE'; readonly coupon: number }
  | { readonly verb: 'expireHolds' }
  | { readonly verb: 'askAgain'; readonly quote: number }
  | { readonly verb: 'forward'; readonly minutes: number }
  | { readonly verb: 'loseRedis' };

type Status = 'HELD' | 'CONFIRMED' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'RELEASED';

export interface OrderState {
  readonly attempt: number;
  readonly quote: number;
  readonly quoteUntil: number;
  readonly status: Status;
  readonly heldUntil: number;
  readonly units: readonly number[];
  readonly keys: Readonly<Record<number, string>>;
}

export interface State {
  readonly now: number;
  /** null: lost. */
  readonly quotesUntil: readonly (number | null)[];
  readonly orders: readonly (OrderState | null)[];
  /** What operators did; UNUSED: nothing that stands. */
  readonly marks: readonly ('UNUSED' | 'FROZEN' | 'REVOKED')[];
}

export interface Step {
  readonly state: State;
  readonly answer: string;
}

export const initial: State = {
  now: 0,
  quotesUntil: QUOTES.map(() => QUOTE_MS),
  orders: Array<null>(ORDERS).fill(null),
  marks: COUPON_MINUTES.map(() => 'UNUSED'),
};

export function orderStatus(order: OrderState, now: number): Status | 'EXPIRED' {
  return order.status === 'HELD' && order.heldUntil <= now ? 'EXPIRED' : order.status;
}

const STANDS = ['HELD', 'CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED'];

/** The order that holds or uses a coupon, if any. */
export function ownerOf(state: State, coupon: number): number {
  return state.orders.findIndex(
    (order) =>
      order !== null &&
      ['HELD', 'CONFIRMED', 'PARTIALLY_REFUNDED'].includes(orderStatus(order, state.now)) &&
      (QUOTES[order.quote]!.coupons as readonly number[]).includes(coupon),
  );
}

export function couponStatus(state: State, coupon: number, besides = -1): string {
  const owner = ownerOf(state, coupon);
  if (owner >= 0 && owner !== besides)
    return orderStatus(state.orders[owner]!, state.now) === 'HELD' ? 'HELD' : 'USED';
  if (state.marks[coupon] !== 'UNUSED') return state.marks[coupon]!;
  return COUPON_MINUTES[coupon]! * MINUTE_MS <= state.now ? 'EXPIRED' : 'UNUSED';
}

export function step(state: State, op: Op): Step {
  switch (op.verb) {
    case 'hold':
      return hold(state, op.as, op.order, op.quote);
    case 'redeem': {
      const held = hold(state, op.as, op.order, op.quote);
      if (!/^(done|replayed)/.test(held.answer)) return held;
      const confirmed = confirm(held.state, op.as, op.order);
      return /^(done|replayed)/.test(confirmed.answer) ? confirmed : { ...confirmed, state };
    }
    case 'confirm':
      return confirm(state, op.as, op.order);
    case 'release':
      return release(state, op.as, op.order);
    case 'refund':
      return refund(state, op.order, op.units, op.key);
    case 'FREEZE':
    case 'UNFREEZE':
    case 'REVOKE':
      return operate(state, op.verb, op.coupon);
    case 'askAgain':
      return {
        state: { ...state, quotesUntil: put(state.quotesUntil, op.quote, state.now + QUOTE_MS) },
        answer: '',
      };
    case 'forward':
      return { state: { ...state, now: state.now + op.minutes * MINUTE_MS }, answer: '' };
    case 'loseRedis':
      return { state: { ...state, quotesUntil: state.quotesUntil.map(() => null) }, answer: '' };
    case 'expireHolds':
      return { state, answer: '' };
  }
}

const may = (as: As, user: string): boolean => as === 'service' || as === user;
const userOf = (order: OrderState): string => QUOTES[order.quote]!.user;

function hold(state: State, as: As, at: number, quote: number): Step {
  const refuse = (answer: string): Step => ({ state, answer });
  const { user, coupons } = QUOTES[quote]!;
  const isThere = (state.quotesUntil[quote] ?? 0) > state.now;
  if (isThere && !may(as, user)) return refuse('QUOTE_NOT_FOUND');
  const latest = state.orders[at]!;
  const status = latest && orderStatus(latest, state.now);
  const isMine = latest !== null && may(as, userOf(latest));
  if (latest && status && isMine && latest.quote === quote && STANDS.includes(status))
    return refuse(`replayed ${status}`);
  if (!isThere) {
    const isOver = isMine && latest.quote === quote && latest.quoteUntil <= state.now;
    return refuse(isOver ? 'QUOTE_EXPIRED' : 'QUOTE_NOT_FOUND');
  }
  const standsInTheWay = status && STANDS.includes(status) && (status !== 'HELD' || !isMine);
  if (standsInTheWay) return refuse('IDEMPOTENCY_CONFLICT');
  for (const coupon of coupons) {
    const found = couponStatus(state, coupon, at);
    if (found === 'HELD' || found === 'USED') return refuse(`QUOTE_STALE ${coupon}`);
    if (found !== 'UNUSED') return refuse(`COUPON_${found} ${coupon}`);
  }
  const order: OrderState = {
    attempt: (latest?.attempt ?? 0) + 1,
    quote,
    quoteUntil: state.quotesUntil[quote]!,
    status: 'HELD',
    heldUntil: state.now + HOLD_MS,
    units: LINES.map(() => 0),
    keys: {},
  };
  return { state: { ...state, orders: put(state.orders, at, order) }, answer: 'done HELD' };
}

function confirm(state: State, as: As, at: number): Step {
  const order = state.orders[at]!;
  if (order === null || !may(as, userOf(order))) return { state, answer: 'REDEMPTION_NOT_FOUND' };
  const status = orderStatus(order, state.now);
  if (status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED')
    return { state, answer: `replayed ${status}` };
  if (status === 'RELEASED' || status === 'REFUNDED')
    return { state, answer: `REDEMPTION_${status}` };
  const lost =
    status === 'EXPIRED'
      ? QUOTES[order.quote]!.coupons.find((coupon) => couponStatus(state, coupon) !== 'UNUSED')
      : undefined;
  if (lost !== undefined) return { state, answer: `REDEMPTION_EXPIRED ${lost}` };
  return moved(state, at, { ...order, status: 'CONFIRMED' });
}

function release(state: State, as: As, at: number): Step {
  const order = state.orders[at]!;
  if (order === null || !may(as, userOf(order))) return { state, answer: 'REDEMPTION_NOT_FOUND' };
  const status = orderStatus(order, state.now);
  if (status === 'RELEASED') return { state, answer: 'replayed RELEASED' };
  if (status === 'PARTIALLY_REFUNDED') return { state, answer: 'REDEMPTION_CONFIRMED' };
  if (status !== 'HELD') return { state, answer: `REDEMPTION_${status}` };
  return moved(state, at, { ...order, status: 'RELEASED' });
}

function refund(state: State, at: number, units: readonly number[] | null, key: number): Step {
  const order = state.orders[at]!;
  if (order === null) return { state, answer: 'REDEMPTION_NOT_FOUND' };
  const input = units === null ? 'all' : units.join();
  const earlier = order.keys[key];
  const status = orderStatus(order, state.now);
  if (earlier !== undefined)
    return { state, answer: earlier === input ? `replayed ${status}` : 'IDEMPOTENCY_CONFLICT' };
  if (status === 'HELD') return { state, answer: 'ILLEGAL_TRANSITION' };
  if (status !== 'CONFIRMED' && status !== 'PARTIALLY_REFUNDED')
    return { state, answer: `REDEMPTION_${status}` };
  const after = LINES.map(({ quantity }, i) =>
    units === null ? quantity : order.units[i]! + units[i]!,
  );
  if (LINES.some(({ quantity }, i) => after[i]! > quantity))
    return { state, answer: 'REFUND_EXCEEDS_ORDER' };
  const isAll = LINES.every(({ quantity }, i) => after[i] === quantity);
  return moved(state, at, {
    ...order,
    units: after,
    status: isAll ? 'REFUNDED' : 'PARTIALLY_REFUNDED',
    keys: { ...order.keys, [key]: input },
  });
}

function operate(state: State, verb: 'FREEZE' | 'UNFREEZE' | 'REVOKE', coupon: number): Step {
  const status = couponStatus(state, coupon);
  const mark = (to: State['marks'][number]): Step => {
    const after = { ...state, marks: put(state.marks, coupon, to) };
    return { state: after, answer: `done ${couponStatus(after, coupon)}` };
  };
  if (status === 'FROZEN' && verb === 'UNFREEZE') return mark('UNUSED');
  if (status === 'UNUSED' && verb === 'FREEZE') return mark('FROZEN');
  if ((status === 'UNUSED' || status === 'FROZEN') && verb === 'REVOKE') return mark('REVOKED');
  if (status === 'UNUSED') return { state, answer: 'ILLEGAL_TRANSITION' };
  return { state, answer: `COUPON_${status}` };
}

function moved(state: State, at: number, order: OrderState): Step {
  const after = { ...state, orders: put(state.orders, at, order) };
  return { state: after, answer: `done ${order.status}` };
}

function put<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((one, i) => (i === at ? value : one));
}
