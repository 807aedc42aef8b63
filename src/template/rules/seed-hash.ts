/**
 * The commitment to a red packet's seed: a hash that is shown before the first draw and proves afterwards
 * that the seed was not chosen later. The seed has 128 random bits, so its hash tells nothing of it.
 */
import { hash } from 'node:crypto';
import type { Template, TemplateStatus } from '../template.types.js';

/** SHA-256 of the seed as it is written (32 hex digits), in hex. */
export function seedHashOf(seed: string): string {
  return hash('sha256', seed, 'hex');
}

/** Whether nothing is left to draw, so that knowing the seed helps nobody. */
export function isDrawingOver(
  { rules, issued }: Pick<Template, 'rules' | 'issued'>,
  status: TemplateStatus,
): boolean {
  const isAllDrawn = rules.totalCount !== null && issued >= rules.totalCount;
  return status === 'STOPPED' || status === 'EXPIRED' || isAllDrawn;
}
