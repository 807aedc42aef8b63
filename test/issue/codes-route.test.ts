/** Codes over HTTP: pages in the graph for operators, and all of them as CSV. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOWNLOAD_PAGE } from '../../src/config/limits.js';
import type { Batch } from '../../src/issue/batch.types.js';
import { systemClock } from '../../src/kernel/clock.js';
import { ROUTER_PROOF_HEADER, signForService } from '../../src/subgraph/sign-for-service.js';
import { codesOf, makeBatch } from '../kit/batch.js';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate, callerOf } from '../kit/world.js';

const SECRET = 'the secret of the router and of nobody else';
const TOTAL = DOWNLOAD_PAGE + 37;

const PAGE = `query ($id: ID!, $first: Int, $after: String) { batch(id: $id) { batchNo total issued used status
  template { id } codes(first: $first, after: $after) { nodes { code claimedBy claimedAt }
  pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;

describe('the codes of a batch', () => {
  let open: TestService;
  let proven: TestService;
  let batch: Batch;
  let codes: string[];
  let admin: string;
  beforeAll(async () => {
    open = await start({ env: { ROLE: 'api' } });
    proven = await start({ env: { ROLE: 'api', ROUTER_SECRETS: SECRET } });
    const world = { app: open.app, clock: systemClock } as never;
    const { id } = await activeTemplate(world, { claimMethod: 'CODE', totalCount: null });
    batch = await makeBatch(world, id, TOTAL);
    codes = await codesOf(world, batch);
    admin = await open.token({ sub: 'olga', scope: 'coupons:admin' });
    for (const [user, at] of [
      ['=1+1', 0],
      ['vera, "v"', DOWNLOAD_PAGE + 1],
    ] as const)
      await open.app.codes.claim.run(callerOf(user), {
        code: codes[at]!,
        idempotencyKey: user,
        channel: null,
        deviceId: null,
      });
  });
  afterAll(async () => {
    await open.stop();
    await proven.stop();
  });

  const get = (service: TestService, path: string, token?: string, headers = {}) =>
    fetch(service.url.replace('/graphql', path), {
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    });
  const path = (id = batch.id) => `/batches/${id}/codes.csv`;

  it('are one CSV, in their order, with who claimed them and nothing that a spreadsheet runs', async () => {
    const answer = await get(open, path(), admin);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [head, ...lines] = (await answer.text()).trimEnd().split('\n');
    expect(head).toBe('code,claimedBy,claimedAt');
    expect(lines.map((line) => line.split(',')[0])).toEqual(codes);
    expect(lines[0]).toMatch(/,'=1\+1,\d{4}-/);
    expect(lines[DOWNLOAD_PAGE + 1]).toContain('"vera, ""v"""');
    expect(lines[1]).toBe(`${codes[1]},,`);
    const rest = await get(open, `${path()}?from=${TOTAL - 2}`, admin);
    expect((await rest.text()).split('\n')).toHaveLength(4);
  });

  it('are for operators only, and nobody else learns whether they are there', async () => {
    const customer = await open.token({ sub: 'anna' });
    for (const id of [batch.id, '0'.repeat(26), 'x']) {
      expect((await get(open, path(id))).status).toBe(401);
      expect((await get(open, path(id), 'nonsense')).status).toBe(401);
      expect((await get(open, path(id), customer)).status).toBe(403);
    }
    expect((await get(open, path('0'.repeat(26)), admin)).status).toBe(404);
    expect((await get(open, `${path()}?from=-1`, admin)).status).toBe(400);
  });

  it('need the proof of the router where there is one, for this very path', async () => {
    const token = await proven.token({ sub: 'olga', scope: 'coupons:admin' });
    const nowhere = path('0'.repeat(26));
    const proof = (signed: string) => ({
      [ROUTER_PROOF_HEADER]: signForService(
        SECRET,
        { authorization: `Bearer ${token}`, body: { query: `GET ${signed}` } },
        Date.now(),
      ),
    });
    expect((await get(proven, nowhere, token)).status).toBe(401);
    expect((await get(proven, nowhere, token, proof(path()))).status).toBe(401);
    expect((await get(proven, nowhere, token, proof(nowhere))).status).toBe(404);
  });

  it('are pages of the graph, computed', async () => {
    interface Page {
      readonly batch: {
        readonly codes: {
          readonly nodes: readonly { readonly code: string; readonly claimedBy: string | null }[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        };
      };
    }
    const first = await open.query<Page>(PAGE, { id: batch.id, first: 2 }, admin);
    expect(first.errors).toEqual([]);
    expect(first.data!.batch).toMatchObject({ total: TOTAL, issued: 2, used: 0, status: 'DONE' });
    const { nodes, pageInfo } = first.data!.batch.codes;
    expect(nodes).toMatchObject([{ code: codes[0], claimedBy: '=1+1' }, { code: codes[1] }]);
    expect(pageInfo.hasNextPage).toBe(true);
    const after = pageInfo.endCursor;
    const next = await open.query<Page>(PAGE, { id: batch.id, first: 3, after }, admin);
    expect(next.data!.batch.codes.nodes.map(({ code }) => code)).toEqual(codes.slice(2, 5));
    const bad = await open.query(PAGE, { id: batch.id, first: 1, after: 'x' }, admin);
    expect(bad.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    const tooMany = await open.query(PAGE, { id: batch.id, first: 101 }, admin);
    expect(tooMany.errors).not.toEqual([]);
  });

  it('are made, claimed and stopped through the graph', async () => {
    const MAKE = `mutation ($input: GenerateCodesInput!) { generateCodes(input: $input) {
      ... on BatchStarted { batch { id codes(first: 1) { nodes { code } } } } ... on Rejection { code } } }`;
    const CLAIM = `mutation ($input: ClaimByCodeInput!) { claimByCode(input: $input) {
      ... on CouponClaimed { coupon { status } replayed } ... on Rejection { code message } } }`;
    const STOP = `mutation ($input: CouponActionInput!) { stopBatch(input: $input) {
      ... on BatchStarted { batch { status issued } } ... on Rejection { code } } }`;
    const input = { templateId: batch.templateId, count: 2, idempotencyKey: 'graph' };
    const made = await open.query<{
      generateCodes: { batch: { id: string; codes: { nodes: { code: string }[] } } };
    }>(MAKE, { input }, admin);
    const { id, codes: page } = made.data!.generateCodes.batch;
    const customer = await open.token({ sub: 'paula' });
    const ask = (idempotencyKey: string) =>
      open.query(CLAIM, { input: { code: page.nodes[0]!.code, idempotencyKey } }, customer);
    expect((await ask('a')).data).toEqual({
      claimByCode: { coupon: { status: 'UNUSED' }, replayed: false },
    });
    expect((await ask('b')).data).toEqual({
      claimByCode: { code: 'CODE_INVALID', message: 'This code is not valid.' },
    });
    const stop = await open.query(STOP, { input: { id, reason: 'leaked' } }, admin);
    expect(stop.data).toEqual({ stopBatch: { batch: { status: 'STOPPED', issued: 1 } } });
    expect((await open.query(STOP, { input: { id, reason: 'x' } }, customer)).errors).toHaveLength(
      1,
    );
  });
});
