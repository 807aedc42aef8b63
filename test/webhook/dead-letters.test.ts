/** What is never taken becomes a dead letter that operators see and have tried again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../src/event/event.types.js';
import { start, type TestService } from '../kit/service.js';
import { TestClock } from '../kit/stores.js';
import { openReceiver, type Receiver } from './receiver.js';
import { newSubject, record } from './world.js';

const HOUR_MS = 3_600_000;
const CREATE = `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  ... on WebhookEndpointSaved { secret endpoint { id status version types waiting history { action actor details } } }
  ... on Rejection { code } } }`;
const LIST = `query ($of: ID) { deadLetters(endpointId: $of) { totalCount
  nodes { id endpointId eventId type subjectId tries lastStatus lastError } } }`;
const REPLAY = `mutation ($id: ID!) { replayDeadLetter(id: $id) {
  ... on DeadLetterReplayed { deadLetter { tries } } ... on Rejection { code } } }`;

interface Listed {
  readonly deadLetters: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly id: string; readonly subjectId: string }[];
  };
}

describe('dead letters', () => {
  const clock = new TestClock();
  let service: TestService;
  let receiver: Receiver;
  let admin: string;
  let endpointId: string;
  beforeAll(async () => {
    [service, receiver] = await Promise.all([
      start({ clock, env: { ROLE: 'api' } }),
      openReceiver(),
    ]);
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
    const input = { url: receiver.url, types: ['redemption.*'] };
    const made = await service.query<Record<string, { endpoint: { id: string } }>>(
      CREATE,
      { input },
      admin,
    );
    expect(made.data!['createWebhookEndpoint']).toMatchObject({
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/),
      endpoint: {
        status: 'ENABLED',
        version: 1,
        waiting: 0,
        history: [{ action: 'CREATED', actor: 'olga', details: { host: '127.0.0.1' } }],
      },
    });
    endpointId = made.data!['createWebhookEndpoint']!.endpoint.id;
  });
  afterAll(async () => {
    service.app.webhooks.deliver.hangUp();
    await service.stop();
    await receiver.close();
  });

  const relay = async (): Promise<void> => {
    await service.app.relay.pass(service.stores.database);
    await service.app.webhooks.deliver.settled();
  };
  const letters = async (): Promise<Listed['deadLetters']> =>
    (await service.query<Listed>(LIST, { of: endpointId }, admin)).data!.deadLetters;
  const taken = (subject: string, events: readonly CloudEvent[]) =>
    events.filter((event) => event.subject === subject).map(({ data }) => data['seq']);

  it('come after fourteen tries, let the next of their subject pass, and are delivered by a replay', async () => {
    const subject = newSubject();
    const other = newSubject();
    // Another subject is taken in between, so that the endpoint is never left alone as a whole.
    receiver.react((event) => (event.subject === subject && event.data['seq'] === 1 ? 500 : 204));
    for (const seq of [1, 2]) await record({ ...service, clock }, subject, seq);
    for (let i = 1; i <= 20; i += 1) {
      await record({ ...service, clock }, other, i);
      await relay();
      clock.forward(4 * HOUR_MS);
    }
    await relay();
    const tries = receiver.received.filter(
      ({ event }) => event.subject === subject && event.data['seq'] === 1,
    );
    expect(tries).toHaveLength(14);
    expect(new Set(tries.map(({ event }) => event.id)).size).toBe(1);
    expect(taken(subject, receiver.taken())).toEqual([2]);
    expect(await letters()).toMatchObject({
      totalCount: 1,
      nodes: [
        { endpointId, subjectId: subject, tries: 14, lastStatus: 500, lastError: 'answered 500' },
      ],
    });

    receiver.react(() => 204);
    const { id } = (await letters()).nodes[0]!;
    const replayed = await service.query(REPLAY, { id }, admin);
    expect(replayed.data).toEqual({ replayDeadLetter: { deadLetter: { tries: 0 } } });
    await relay();
    expect(taken(subject, receiver.taken())).toEqual([2, 1]);
    expect((await letters()).totalCount).toBe(0);
    const again = await service.query(REPLAY, { id }, admin);
    expect(again.data).toEqual({ replayDeadLetter: { code: 'DEAD_LETTER_NOT_FOUND' } });
  }, 60_000);

  it('are for operators alone', async () => {
    const customer = await service.token({ sub: 'anna' });
    for (const document of [LIST, '{ webhookEndpoints { id } }']) {
      const { errors } = await service.query(document, {}, customer);
      expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });
});
