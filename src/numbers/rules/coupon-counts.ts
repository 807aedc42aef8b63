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

interface Sums {
  readonly states: Record<CountedState, number>;
  expiring: number;
  discountGivenMinor: number;
  readonly channels: Record<string, { issued: number; used: number }>;
}

const nothing = (): Sums => ({
  states: { unused: 0, held: 0, used: 0, expired: 0, frozen: 0, revoked: 0 },
  expiring: 0,
  discountGivenMinor: 0,
  channels: Object.create(null) as Sums['channels'],
});

/** Adds groups up. Channels are callers' words: beyond CHANNELS_COUNTED_MAX they are in the totals only. */
export class CouponTally {
  private channelCount: number;

  constructor(private readonly sums: Sums = nothing()) {
    this.channelCount = Object.keys(sums.channels).length;
  }

  /** As toText wrote it. */
  static from(text: string): CouponTally {
    const sums = JSON.parse(text) as Sums;
    return new CouponTally({ ...sums, channels: Object.assign(nothing().channels, sums.channels) });
  }

  toText(): string {
    return JSON.stringify(this.sums);
  }

  add({ state, channel, count, expiring, givenMinor }: CountedGroup): void {
    const { sums } = this;
    sums.states[state] += count;
    sums.expiring += expiring;
    sums.discountGivenMinor += givenMinor;
    const own = this.channelOf(channel);
    if (own === undefined) return;
    own.issued += count;
    if (state === 'used') own.used += count;
  }

  counts(): CouponCounts {
    const { states, expiring, discountGivenMinor, channels } = this.sums;
    const byChannel = Object.entries(channels).map(([channel, own]) => ({ channel, ...own }));
    return {
      ...states,
      expiring,
      discountGivenMinor,
      byChannel: byChannel.toSorted(byIssued).slice(0, CHANNELS_SHOWN_MAX),
    };
  }

  private channelOf(channel: string): { issued: number; used: number } | undefined {
    const known = this.sums.channels[channel];
    if (known !== undefined || this.channelCount >= CHANNELS_COUNTED_MAX) return known;
    this.channelCount += 1;
    return (this.sums.channels[channel] = { issued: 0, used: 0 });
  }
}

export function issuedOf(counts: CouponCounts): number {
  return STATES.reduce((sum, state) => sum + counts[state], 0);
}

function byIssued(a: ChannelCount, b: ChannelCount): number {
  return b.issued - a.issued || (a.channel < b.channel ? -1 : 1);
}
