import type { Condition } from './condition.types.js';

/** Amounts of another currency are never converted. */
export const sameCurrency: Condition = {
  code: 'CURRENCY_MISMATCH',
  holds: (coupon, _context, currency) => coupon.rules.currency === currency,
};
