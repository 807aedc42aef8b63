/**
 * Which arm of an experiment a user belongs to: weighted rendezvous hashing (Thaler and Ravishankar, "Using
 * Name-Based Mappings to Increase Hit Rates", 1998; weights by -w / ln h). Anybody can compute it again:
 *
 *   h = (the first 48 bits of SHA-256("EXPERIMENT\nTEMPLATE_ID\nUSER_ID") + 0.5) / 2^48
 *   the user's arm is the one with the largest -weight / ln(h)
 *
 * Promise: over many users each arm has its weight's share; and an arm that is added takes its users from
 * the others in proportion, while nobody moves between those.
 */
import { hash } from 'node:crypto';

export interface Arm {
  readonly templateId: string;
  readonly weight: number;
}

/** undefined: there are no arms. The order of the arms does not matter. */
export function pickArm(
  experiment: string,
  arms: readonly Arm[],
  userId: string,
): string | undefined {
  let best: { readonly templateId: string; readonly score: number } | undefined;
  for (const { templateId, weight } of arms) {
    const bytes = hash('sha256', `${experiment}\n${templateId}\n${userId}`, 'buffer');
    const h = (bytes.readUIntBE(0, 6) + 0.5) / 2 ** 48;
    const score = -weight / Math.log(h);
    if (best === undefined || score > best.score) best = { templateId, score };
  }
  return best?.templateId;
}
