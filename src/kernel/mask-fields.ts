/**
 * Takes secrets and persons out of what is about to be written for people to read: by the name they stand
 * under, at any depth, and by what they look like (mask-text.ts).
 *
 * User ids and order numbers become a pseudonym that is the same each time, so that lines about one user or
 * order can be found together. Everything is bounded: deeper, longer or more than that is cut.
 */
import { HIDDEN, maskText } from './mask-text.js';

/** The pseudonym of an id: `u_…` or `o_…`. */
export type PseudonymOf = (kind: 'user' | 'order', id: string) => string;

const DEPTH_MAX = 6;
const ITEMS_MAX = 100;
const TEXT_LENGTH_MAX = 8_192;

/** Names as they are compared: letters only, small. */
const SECRETS = new Set(
  `authorization proxyauthorization cookie setcookie token accesstoken refreshtoken idtoken verificationtoken
  sharetoken secret secrets clientsecret routersecret routersecrets xrouterproof routerproof webhooksignature
  datakeys codekeys guardkey password passphrase apikey
  privatekey signature couponcode vanitycode exchangecode code codes deviceid device address ip ipaddress
  remoteaddress xforwardedfor network email phone phonenumber mobile birthday idempotencykey claimkey
  entry draft payload snapshot body variables args command values params sql sqlmessage`.split(
    /\s+/,
  ),
);
const USERS = new Set(
  'userid userids user users sub owner ownerid customer customerid actor author authorid'.split(
    ' ',
  ),
);
const ORDERS = new Set('orderid orderids order liveorderid'.split(' '));

/** Codes of failures and faults (ER_DUP_ENTRY, SOLD_OUT, ECONNREFUSED) say what happened, and to nobody. */
const FAULT_CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|^[A-Z]{2,15}$/;
/** Not a person: a job or this service itself. */
const OWN_ACTOR = /^(job|service):/;

/** A copy with everything masked; what it was given stays as it is. */
export function maskFields(value: unknown, pseudonymOf: PseudonymOf): unknown {
  return maskUnder('', value, pseudonymOf, 0);
}

function maskUnder(name: string, value: unknown, pseudonymOf: PseudonymOf, depth: number): unknown {
  if (value === null || typeof value === 'boolean' || value === undefined) return value;
  const plain = name.replace(/[^A-Za-z]/g, '').toLowerCase();
  if (SECRETS.has(plain)) return isFaultCode(plain, value) ? value : HIDDEN;
  if (typeof value === 'object') {
    if (depth >= DEPTH_MAX) return '[deeper]';
    const inside = (key: string, item: unknown) => maskUnder(key, item, pseudonymOf, depth + 1);
    if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => inside(name, item));
    const entries = Object.entries(value).slice(0, ITEMS_MAX);
    return Object.fromEntries(entries.map(([key, item]) => [key, inside(key, item)]));
  }
  if (typeof value !== 'string') return value;
  if (USERS.has(plain)) return OWN_ACTOR.test(value) ? value : pseudonymOf('user', value);
  if (ORDERS.has(plain)) return pseudonymOf('order', value);
  return maskText(value.slice(0, TEXT_LENGTH_MAX));
}

function isFaultCode(plain: string, value: unknown): boolean {
  if (plain !== 'code') return false;
  return typeof value === 'number' || (typeof value === 'string' && FAULT_CODE.test(value));
}
