/**
 * Which addresses a webhook may reach: the public internet and nothing else. An operator who is deceived, or
 * a name that is, must not make the service ask its own network, its own machine or a cloud's metadata.
 * Sources: the special-purpose registries of IANA for IPv4 and IPv6, as ipaddr.js has them.
 */
import ipaddr from 'ipaddr.js';

/** Answers to machines in a cloud though it is written like a public address: Azure's host. */
const PUBLIC_BUT_LOCAL = new Set(['168.63.129.16']);
/** All that is routed publicly in IPv6 so far. What embeds an IPv4 address is another range or no public one. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** @param address as a resolver or a URL says it; anything that is no address is forbidden */
export function isForbiddenAddress(address: string): boolean {
  // Octal, hexadecimal and short forms are read differently by different readers.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return true;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return true;
  if (parsed instanceof ipaddr.IPv6)
    return parsed.zoneId !== undefined || !parsed.match(PUBLIC_IPV6);
  return PUBLIC_BUT_LOCAL.has(parsed.toString());
}
