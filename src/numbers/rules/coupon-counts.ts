/** Adding up what pages of a template's coupons have. */
import { CHANNELS_COUNTED_MAX, CHANNELS_SHOWN_MAX } from '../../config/limits.js';
import type { ChannelCount, CouponCounts } from '../numbers.types.js';

const STATES = ['unused', 'held', 'used', 'expired', 'frozen', 'revoked'] as const;
export type CountedState = (typeof STATES)[number];

/** The coupons of one page that have one state and one channel. */
export interface CountedGroup {
  readonly state: CountedState;
  readonly channel: string;
  readonly count: number;
  readonly expiring: number;
  readonly givenMinor: number;
}

/** Adds groups up. Channels are callers' words: beyond CHANNELS_COUNTED_MAX they are in the totals only. */
export class CouponTally {
  private readonly states: Record<CountedState, number> = {
    unused: 0,
    held: 0,
    used: 0,
    expired: 0,
    frozen: 0,
    revoked: 0,
  };
  private expiring = 0;
  private discountGivenMinor = 0;
  private readonly channels = new Map<string, { issued: number; used: number }>();

  add({ state, channel, count, expiring, givenMinor }: CountedGroup): void {
    this.states[state] += count;
    this.expiring += expiring;
    this.discountGivenMinor += givenMinor;
    let own = this.channels.get(channel);
    if (own === undefined) {
      if (this.channels.size >= CHANNELS_COUNTED_MAX) return;
      this.channels.set(channel, (own = { issued: 0, used: 0 }));
    }
    own.issued += count;
    if (state === 'used') own.used += count;
  }

  counts(): CouponCounts {
    const { states, expiring, discountGivenMinor } = this;
    const byChannel = [...this.channels].map(([channel, own]) => ({ channel, ...own }));
    return {
      ...states,
      expiring,
      discountGivenMinor,
      byChannel: byChannel.toSorted(byIssued).slice(0, CHANNELS_SHOWN_MAX),
    };
  }
}

export function issuedOf(counts: CouponCounts): number {
  return STATES.reduce((sum, state) => sum + counts[state], 0);
}

function byIssued(a: ChannelCount, b: ChannelCount): number {
  return b.issued - a.issued || (a.channel < b.channel ? -1 : 1);
}
