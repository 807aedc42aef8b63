/**
 * The keys that make a triggered coupon exactly-once, whoever asks and however often. MySQL keeps (user,
 * claim key) unique over all ways, and nobody can choose an idempotency key of a claim that becomes the same.
 */
import { digest } from '../../kernel/digest.js';

/** @param eventId ours: the service's own id of the event stays out of what is kept of a coupon */
export function keyOfEvent(eventId: string, templateId: string): string {
  return digest('customer event', eventId, templateId);
}

/** Once a year and template; a customer who says another birthday in the same year has had this one. */
export function keyOfBirthday(year: number, templateId: string): string {
  return digest('birthday', String(year), templateId);
}
