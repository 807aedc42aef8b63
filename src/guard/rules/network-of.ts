/**
 * Which network an address belongs to, as far as limits go. An IPv4 address is one network. Of IPv6 a
 * household has at least a /64, and can choose any address in it, so the /64 is one.
 */
import ipaddr from 'ipaddr.js';

/** Addresses of machines between the customer and us; whoever has one came through something we run. */
const INSIDE: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);

/** null: the address says nothing about where the customer is, so it is not counted. */
export function networkOf(address: string | null): string | null {
  const text = (address ?? '').split('%')[0]!;
  // Four parts only: '10.1' is an address to some, and a typing error to us.
  const isIPv4 = ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!isIPv4 && !ipaddr.IPv6.isValid(text)) return null;
  const ip = isIPv4 ? ipaddr.IPv4.parse(text) : ipaddr.process(text);
  if (INSIDE.has(ip.range())) return null;
  if (ip.kind() === 'ipv4') return ip.toNormalizedString();
  const prefix = ip.toByteArray().slice(0, 8);
  return `${Buffer.from(prefix).toString('hex')}/64`;
}
