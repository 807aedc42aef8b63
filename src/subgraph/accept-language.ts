/** Accept-Language (RFC 9110, 12.5.4) as a list of wishes. What nobody can mean is as if it was not said. */
import Negotiator from 'negotiator';
import { ACCEPT_LANGUAGE_LENGTH_MAX } from '../config/limits.js';

/** The tags in the order of their weights; those of weight 0 and `*` (anything) are no wishes. */
export function readAcceptLanguage(header: string | undefined): readonly string[] {
  if (header === undefined || header.length > ACCEPT_LANGUAGE_LENGTH_MAX) return [];
  const request = { headers: { 'accept-language': header } };
  return new Negotiator(request).languages().filter((language) => language !== '*');
}
