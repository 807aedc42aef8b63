/**
 * The demand of the storm: customers after three templates at a time (a plain one with two a user, one for
 * everybody, red packets), as long as it blows. What is sold out is followed by the next wave.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { shop } from '../client/shopper.js';
import type { Random } from '../client/random.js';
import type { Stage } from '../stage/stage.js';

const CLAIMERS = 14;
const SHOPPERS = 4;
const USERS = 160;
const yuan = (amount: string) => ({ amount, currency: 'CNY' });
/** So many answers of "sold out" for each template of a wave, or so long: the next one comes. */
const REFUSALS = 15;
const WAVE_MS = 4_000;

export class Crowd {
  private wave: readonly string[] = [];
  private readonly refusals = new Map<string, number>();
  private waveEndsMs = 0;
  private isOver = false;
  private readonly owners: string[] = [];
  private readonly running: Promise<void>[] = [];
  waves = 0;
  readonly shopped = new Map<string, number>();

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly urls: () => readonly string[],
  ) {}

  async start(): Promise<void> {
    await this.nextWave();
    for (let i = 0; i < CLAIMERS; i += 1) this.running.push(this.repeat(() => this.claim()));
    for (let i = 0; i < SHOPPERS; i += 1) this.running.push(this.repeat(() => this.shop()));
    this.running.push(this.repeat(() => this.watch()));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
  }

  private async repeat(act: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      if (this.urls().length > 0) await act();
      else await sleep(20);
    }
  }

  private async claim(): Promise<void> {
    const { random } = this;
    const { customers } = this.stage;
    const user = `w${this.waves}-u${random.below(USERS)}`;
    const claim = { user, key: `k${random.below(4)}`, templateId: random.pick(this.wave) };
    const mood = random.next();
    // Some never ask again, some ask twice at once; most insist, as a careful client does.
    if (mood < 0.1) await customers.attempt(claim);
    else if (mood < 0.2) await Promise.all([customers.attempt(claim), customers.attempt(claim)]);
    const answer = await (mood < 0.1 ? undefined : customers.insist(claim, 6));
    if (answer?.kind === 'COUPON') this.owners.push(user);
    if (answer?.kind === 'REFUSED' && answer.code === 'SOLD_OUT')
      this.refusals.set(claim.templateId, 1 + (this.refusals.get(claim.templateId) ?? 0));
  }

  private async shop(): Promise<void> {
    const user = this.owners.splice(this.random.below(this.owners.length), 1)[0];
    if (user === undefined) return sleep(50);
    const end = await shop({ ...this.stage, urls: this.urls, random: this.random }, user);
    this.shopped.set(end, 1 + (this.shopped.get(end) ?? 0));
    await sleep(50);
  }

  private async watch(): Promise<void> {
    await sleep(50);
    const isSoldOut = this.wave.every((id) => (this.refusals.get(id) ?? 0) >= REFUSALS);
    if (isSoldOut || performance.now() > this.waveEndsMs) await this.nextWave();
  }

  private async nextWave(): Promise<void> {
    const { stage } = this;
    const rules = [
      { type: 'DIRECT_CUT', tiers: null, amount: yuan('5'), totalCount: 120, perUserLimit: 2 },
      { totalCount: 80, perUserLimit: 1 },
      {
        type: 'RED_PACKET',
        tiers: null,
        totalCount: 80,
        redPacket: { min: yuan('1'), max: yuan('10'), budget: yuan('400') },
      },
    ] as const;
    this.wave = await Promise.all(rules.map((rule) => stage.template(rule)));
    this.waves += 1;
    this.refusals.clear();
    this.waveEndsMs = performance.now() + WAVE_MS;
  }
}
