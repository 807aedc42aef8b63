/**
 * Which URLs an endpoint may have: HTTPS to a public host on a usual port, without credentials.
 * A host that the deployment trusts (a service of its own network) may be anything of HTTP.
 */
import ipaddr from 'ipaddr.js';
import { WEBHOOK_URL_LENGTH_MAX } from '../../config/limits.js';
import { isForbiddenAddress } from './forbidden-address.js';

/** Ports of HTTPS. Others are of services that nobody means to be posted to. */
const PORTS = new Set(['', '443', '8443']);
/** Names that no public resolver answers, or answers with an address that is not public. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** The host of a URL as it is compared: no brackets, no dot at the end. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** @returns why it may not be an endpoint; undefined: it may */
export function problemOfUrl(text: string, trustedHosts: readonly string[]): string | undefined {
  if (text.length > WEBHOOK_URL_LENGTH_MAX)
    return `must be at most ${WEBHOOK_URL_LENGTH_MAX} characters`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must not have a user or password';
  if (url.hash !== '') return 'must not have a fragment';
  const host = hostOf(url);
  if (trustedHosts.includes(host)) return undefined;
  if (url.protocol !== 'https:') return 'must be an https URL';
  if (!PORTS.has(url.port)) return 'must use port 443 or 8443';
  const isPrivate = ipaddr.isValid(host) ? isForbiddenAddress(host) : isPrivateName(host);
  return isPrivate ? 'must name a public host' : undefined;
}

function isPrivateName(host: string): boolean {
  return !host.includes('.') || PRIVATE_NAMES.test(host);
}
