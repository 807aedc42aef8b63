/** Every event is delivered at least once and in the order of its subject, whatever the receiver does. */
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../src/event/event.types.js';
import { activeTemplate, claim, operator } from '../kit/world.js';
import { openReceiver, type Receiver } from './receiver.js';
import { newSubject, openRelay, record, type RelayWorld } from './world.js';

const HOUR_MS = 3_600_000;
const TRIES_REFUSED_MAX = 2;

describe('webhooks', () => {
  let world: RelayWorld;
  let receiver: Receiver;
  beforeEach(async () => {
    [world, receiver] = await Promise.all([openRelay(), openReceiver()]);
  });
  afterEach(async () => {
    world.app.webhooks.deliver.hangUp();
    await world.close();
    await receiver.close();
  });

  const seqsOf = (subject: string, events: readonly CloudEvent[] = receiver.taken()) =>
    events.filter((event) => event.subject === subject).map(({ data }) => data['seq']);

  it('tell a claim of each coupon of a batch, with its user and without its code', async () => {
    const { id: templateId } = await activeTemplate(world);
    await world.endpoint(receiver.url, ['coupon.*']);
    const claims = await Promise.all(
      ['anna', 'bert', 'chen'].map((user) => claim(world, templateId, user)),
    );
    await world.relay();
    const rows = await world.stores.database.rows('SELECT id, user_id, code FROM coupon');
    const told = receiver.taken().map(({ type, subject, data }) => [type, subject, data['userId']]);
    expect(new Set(told)).toEqual(
      new Set(rows.map(({ id, user_id }) => ['coupon.claimed', id, user_id])),
    );
    expect(new Set(claims.map(({ couponId }) => couponId))).toEqual(
      new Set(rows.map(({ id }) => id)),
    );
    for (const { body } of receiver.received)
      for (const { code } of rows) expect(body).not.toContain(code);
  });

  it('carry a signature that the reference implementation accepts, and refuses when changed', async () => {
    const { secret } = await world.endpoint(receiver.url, ['redemption.*']);
    await record(world, newSubject(), 1);
    await world.relay();
    const reference = new Webhook(secret);
    expect(receiver.received.length).toBeGreaterThan(0);
    for (const { body, headers, event } of receiver.received) {
      expect(headers['webhook-id']).toBe(event.id);
      expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
      expect(reference.verify(body, headers)).toEqual(event);
      expect(() => reference.verify(body.replace('anna', 'bert'), headers)).toThrow('signature');
    }
  });

  it('are signed with both secrets for a day after a rotation, then with the new one alone', async () => {
    const { endpoint, secret: old } = await world.endpoint(receiver.url, ['redemption.*']);
    const rotated = await world.app.webhooks.manage.rotateSecret(operator, endpoint.id);
    const fresh = rotated.ok ? rotated.value.secret! : '';
    await record(world, newSubject(), 1);
    await world.relay();
    world.clock.forward(25 * HOUR_MS);
    await record(world, newSubject(), 1);
    await world.relay();
    const [both, alone] = receiver.received;
    const accepts = (secret: string, one = both!): boolean => {
      const signatures = one.headers['webhook-signature']!.split(' ');
      const at = new Date(Number(one.headers['webhook-timestamp']) * 1_000);
      return signatures.includes(new Webhook(secret).sign(one.event.id, at, one.body));
    };
    expect([accepts(old), accepts(fresh)]).toEqual([true, true]);
    expect([accepts(old, alone), accepts(fresh, alone)]).toEqual([false, true]);
  });

  it('hold back what follows of a subject where one fails, and nothing else', async () => {
    const [failing, fine] = [newSubject(), newSubject()];
    await world.endpoint(receiver.url);
    receiver.react(({ subject }) => (subject === failing ? 500 : 204));
    for (const seq of [1, 2, 3]) for (const one of [failing, fine]) await record(world, one, seq);
    await world.relay();
    expect(seqsOf(fine)).toEqual([1, 2, 3]);
    expect(receiver.received.filter(({ event }) => event.subject === failing)).toHaveLength(1);
    await record(world, failing, 4);
    await world.relay();
    receiver.react(() => 204);
    world.clock.forward(HOUR_MS);
    await world.relay();
    expect(seqsOf(failing)).toEqual([1, 2, 3, 4]);
  });

  it('hold nothing back at the other endpoints', async () => {
    const other = await openReceiver();
    await world.endpoint(receiver.url);
    await world.endpoint(other.url);
    receiver.react(() => 'stall');
    const subject = newSubject();
    for (const seq of [1, 2, 3]) await record(world, subject, seq);
    await world.relay();
    expect([seqsOf(subject), seqsOf(subject, other.taken())]).toEqual([[], [1, 2, 3]]);
    await other.close();
  });

  it('wait as long as Retry-After says, and back off with each failure', async () => {
    await world.endpoint(receiver.url);
    const subject = newSubject();
    receiver.react(() => (response) => {
      response.writeHead(503, { 'retry-after': '7200' });
      return 503;
    });
    await record(world, subject, 1);
    await world.relay();
    receiver.react(() => 204);
    world.clock.forward(HOUR_MS);
    await world.relay();
    expect(seqsOf(subject)).toEqual([]);
    world.clock.forward(1.1 * HOUR_MS);
    await world.relay();
    expect(seqsOf(subject)).toEqual([1]);
  });

  it('reach a receiver that fails, stalls and answers late at random: all, in order', async () => {
    await world.endpoint(receiver.url);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(204, 500, 429, 'stall' as const, 'late' as const), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 }),
        async (reactions, steps) => {
          let nth = 0;
          receiver.react((_, tries) => {
            const reaction = reactions[nth++ % reactions.length]!;
            if (reaction === 'late') return () => new Promise((done) => setTimeout(done, 20, 204));
            // What is refused until its tries are used up is the business of dead letters.
            return tries >= TRIES_REFUSED_MAX ? 204 : reaction;
          });
          const subjects = Array.from({ length: 6 }, newSubject);
          const expected = new Map<string, number[]>();
          for (const [i, which] of steps.entries()) {
            const subject = subjects[which]!;
            const seqs = [
              ...(expected.get(subject) ?? []),
              (expected.get(subject)?.length ?? 0) + 1,
            ];
            expected.set(subject, seqs);
            await record(world, subject, seqs.length);
            if (i % 4 === 3) await world.relay();
          }
          const missing = () =>
            [...expected].filter(([subject, seqs]) => seqsOf(subject).length < seqs.length);
          for (let tries = 0; missing().length > 0 && tries < 60; tries += 1) {
            world.clock.forward(4 * HOUR_MS);
            await world.relay();
          }
          for (const [subject, seqs] of expected) expect(seqsOf(subject)).toEqual(seqs);
        },
      ),
      { numRuns: 8, endOnFailure: true, examples: [[['stall'], [0, 5, 4, 4, 5, 2, 2, 4]]] },
    );
  }, 120_000);
});
