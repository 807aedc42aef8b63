/**
 * Which gate a claim goes through. A template that is not split has one, under its own id; of a split one
 * each part has a gate, takers and a journal of its own: part 0 under the template's id, part k under ID:k.
 *
 * Promise: a user belongs to one part for ever, in every process. Limit, key and journal of a user are
 * therefore in one place, and one script decides a claim, split or not.
 */
import { hash } from 'node:crypto';
import { subStocksOf } from '../../template/rules/sub-stocks.js';
import type { Template } from '../../template/template.types.js';
import type { GateTag } from '../claim.types.js';

type Parted = Pick<Template, 'id' | 'rules'>;

/** All gates of a template, part 0 first. */
export function gateTagsOf({ id, rules }: Parted): GateTag[] {
  return Array.from({ length: subStocksOf(rules) }, (_, part) => tagOf(id, part));
}

/** The gate of one user. */
export function gateTagOf({ id, rules }: Parted, userId: string): GateTag {
  const parts = subStocksOf(rules);
  return parts === 1 ? id : tagOf(id, partOf(userId, parts));
}

export function templateIdOf(tag: GateTag): string {
  const end = tag.indexOf(':');
  return end < 0 ? tag : tag.slice(0, end);
}

/** From 0 to parts − 1. The number of parts is fixed while coupons can exist, so nobody ever moves. */
function partOf(userId: string, parts: number): number {
  return hash('sha256', userId, 'buffer').readUInt32BE(0) % parts;
}

function tagOf(templateId: string, part: number): GateTag {
  return part === 0 ? templateId : `${templateId}:${part}`;
}

/** What is left in even parts, the first ones first; null: unlimited, and so is every part. */
export function shareOut(left: number | null, parts: number): (number | null)[] {
  return Array.from({ length: parts }, (_, part) =>
    left === null ? null : Math.floor(left / parts) + (part < left % parts ? 1 : 0),
  );
}
