/**
 * The keys that make a grant exactly-once: one per user and grant, whoever asks and however often. MySQL
 * keeps (user, claim key) unique over all ways. Nobody can choose an idempotency key of a claim that
 * becomes the same: `digest` writes down how many parts it had.
 */
import { digest } from '../../kernel/digest.js';

export function grantKeysOf(grantId: string): {
  readonly claimKey: string;
  readonly claimFingerprint: string;
} {
  return {
    claimKey: digest('grant', grantId),
    claimFingerprint: digest('grantCoupons', grantId),
  };
}
