/** Which events an endpoint is told. */
import { WEBHOOK_TYPES_MAX } from '../../config/limits.js';

const TYPE = /^[a-z]+(_[a-z]+)*\.([a-z]+(_[a-z]+)*|\*)$/;
const TYPE_LENGTH_MAX = 24;

/** @returns why they cannot be wanted; undefined: they can */
export function problemOfTypes(types: readonly string[]): string | undefined {
  if (types.length > WEBHOOK_TYPES_MAX) return `must be at most ${WEBHOOK_TYPES_MAX}`;
  const wrong = types.find((type) => type.length > TYPE_LENGTH_MAX || !TYPE.test(type));
  return wrong === undefined ? undefined : 'must be names such as "coupon.claimed" or "coupon.*"';
}

/** @param types names, or `coupon.*`; empty: all */
export function isWanted(types: readonly string[], type: string): boolean {
  const family = `${type.slice(0, type.indexOf('.'))}.*`;
  return types.length === 0 || types.includes(type) || types.includes(family);
}
