/**
 * Where a customer is, as told by X-Forwarded-For. Each proxy appends the address of whom it spoke to, so
 * only the entries of our own proxies, counted from the right, are true; what a customer writes into the
 * header stands left of them.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Of 'a, b' and of the forms with a port that some proxies write: '1.2.3.4:80', '[::1]:80', '[::1]'. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

/**
 * @param trustedHops how many proxies of ours appended to the header, the router included
 * @returns null: the header does not say
 */
export function forwardedAddress(headers: IncomingHttpHeaders, trustedHops: number): string | null {
  const header = headers['x-forwarded-for'];
  if (header === undefined || trustedHops === 0) return null;
  const entry = String(header).split(',').at(-trustedHops)?.trim() ?? '';
  const [, inBrackets, beforePort] = WITH_PORT.exec(entry) ?? [];
  return (inBrackets ?? beforePort ?? entry) || null;
}
