/**
 * Reserves in Redis: one script call for all claims of a gate that came while the last call was on its
 * way. The reply of each claim is final for Redis; whether it is the truth MySQL decides.
 */
import { RESERVE_BATCH_MAX } from '../config/limits.js';
import { Batches } from '../kernel/batches.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisDamaged, type RedisStore } from '../storage/redis.js';
import type { Template } from '../template/template.types.js';
import { subStocksOf } from '../template/rules/sub-stocks.js';
import type { Claimant, ClaimDraft, GateTag, Reservation } from './claim.types.js';
import { gateTagOf } from './rules/gate-tag.js';
import { entryVersionOf } from './rules/read-entry.js';

const reserveClaims = loadScript(import.meta.url, './lua/reserve-claims-4.lua');
const releaseClaims = loadScript(import.meta.url, './lua/release-claims-4.lua');

export type ReserveReply =
  | {
      readonly kind: 'RESERVED';
      readonly tag: GateTag;
      readonly journalId: string;
      readonly epoch: number;
      readonly slot: number;
      readonly drawNo: number | null;
      readonly seq: number;
    }
  /** The user's key is already here, for this coupon. */
  | { readonly kind: 'SAME'; readonly couponId: string }
  /** SOLD_OUT of a split template: the user's part is empty, the others may not be. */
  | { readonly kind: 'SOLD_OUT' | 'USER_LIMIT_REACHED' }
  /** Only looked: it would be reserved. */
  | { readonly kind: 'ROOM' }
  /** Redis does not know the template, or not as it is now. */
  | { readonly kind: 'REBUILD' };

/** What a process knows of a template from MySQL; a Redis that knows less is not believed. */
export type Known = Pick<Template, 'id' | 'rules' | 'epoch' | 'committedSeq'>;

interface Asked {
  readonly claimant: Claimant;
  /** undefined: only look, take nothing. */
  readonly draft: ClaimDraft | undefined;
  readonly known: Known;
}

/** In place of what is written where something is taken. */
const ONLY_LOOKS = ['', '', ''];

export class ReserveClaims {
  /** By the tag of their gate. */
  private readonly batches = new Batches<Asked, ReserveReply>(
    async (batch, tag) =>
      (await this.call(tag, batch)).map((value) => ({ status: 'fulfilled', value })),
    RESERVE_BATCH_MAX,
  );

  constructor(private readonly redis: RedisStore) {}

  /** @throws RedisUnavailable: it may or may not be reserved; only a newer epoch makes sure that it is not */
  reserve(draft: ClaimDraft, known: Known): Promise<ReserveReply> {
    return this.enqueue({ claimant: draft, draft, known });
  }

  /** What a reservation would be answered, and nothing is taken. @throws RedisUnavailable */
  look(claimant: Claimant, known: Known): Promise<ReserveReply> {
    return this.enqueue({ claimant, draft: undefined, known });
  }

  private enqueue(asked: Asked): Promise<ReserveReply> {
    return this.batches.add(asked, gateTagOf(asked.known, asked.claimant.userId));
  }

  /**
   * Gives reservations of one gate back that were finally refused.
   * @returns for each whether this call gave it back; false: somebody else has it in hand
   */
  async release(tag: GateTag, reservations: readonly Reservation[]): Promise<boolean[]> {
    const args = reservations.flatMap(({ draft, journalId, epoch, slot, drawNo }) => [
      journalId,
      epoch,
      draft.userId,
      slot,
      draft.claimKey,
      draft.couponId,
      drawNo ?? '',
    ]);
    const replies = (await this.redis.run(releaseClaims, keysOf(tag), args)) as number[];
    return replies.map((reply) => reply === 1);
  }

  private async call(tag: GateTag, batch: readonly Asked[]): Promise<ReserveReply[]> {
    const args = batch.flatMap(({ claimant: { userId, claimKey }, draft }) => [
      userId,
      claimKey,
      ...(draft ? [draft.couponId, entryVersionOf(draft), JSON.stringify(draft)] : ONLY_LOOKS),
    ]);
    try {
      const reply = (await this.redis.run(reserveClaims, keysOf(tag), [
        Math.max(...batch.map(({ known }) => known.epoch)),
        Math.max(...batch.map(({ known }) => known.committedSeq)),
        ...args,
      ])) as string[];
      if (reply[0] !== 'REBUILD') return reply.map((one, i) => toReply(one, tag, batch[i]!.known));
    } catch (error) {
      if (!(error instanceof RedisDamaged)) throw error;
    }
    return batch.map(() => ({ kind: 'REBUILD' }));
  }
}

function keysOf(tag: GateTag): string[] {
  return [redisKeys.gate(tag), redisKeys.takers(tag), redisKeys.journal(tag), redisKeys.draws(tag)];
}

function toReply(reply: string, tag: GateTag, { rules }: Known): ReserveReply {
  const [kind, first, epoch, slot, draw, seq] = reply.split(' ');
  if (kind === 'RESERVED') {
    return {
      kind,
      tag,
      journalId: first!,
      epoch: Number(epoch),
      slot: Number(slot),
      drawNo: draw === '' ? null : Number(draw),
      seq: subStocksOf(rules) === 1 ? Number(seq) : 0,
    };
  }
  if (kind === 'SAME') return { kind, couponId: first! };
  return { kind: kind as 'SOLD_OUT' | 'USER_LIMIT_REACHED' | 'ROOM' };
}
