/** Lists come in over HTTP: as they are sent, by whom they may be, whole or not at all. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GRANT_UPLOAD_BYTES_MAX } from '../../src/config/limits.js';
import { operationOfUpload } from '../../src/subgraph/grant-upload.js';
import { ROUTER_PROOF_HEADER, signForService } from '../../src/subgraph/sign-for-service.js';
import { seedTemplate } from '../kit/seed.js';
import { openHttp, type Http } from '../subgraph/http.js';
import type { Grant } from '../../src/grant/grant.types.js';
import { expectEveryoneOnce, grantOf, runGrants, usersOf } from './kit.js';

const SECRET = 'the-secret-of-the-router-in-tests!!';
const CSV = { 'content-type': 'text/csv' };
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('the upload of a grant', () => {
  let http: Http;
  let templateId: string;
  let admin: string;
  let keys = 0;
  beforeAll(async () => {
    http = await openHttp();
    templateId = (await seedTemplate(http.stores.database)).id;
    admin = await http.token({ sub: 'olga', scope: 'coupons:admin' });
  });
  afterAll(() => http.close());

  const paramsOf = (more: object = {}): Record<string, string> => ({
    templateId,
    reason: 'spring',
    idempotencyKey: `upload-${(keys += 1)}`,
    ...more,
  });
  const send = (
    payload: string | Buffer,
    headers: object = CSV,
    query = paramsOf(),
    token = admin,
    server = http.server,
  ) =>
    server.inject({
      method: 'POST',
      url: '/grants',
      query,
      headers: { authorization: `Bearer ${token}`, ...headers },
      payload,
    });
  const rows = async () => {
    const [row] = await http.stores.database.rows(
      `SELECT (SELECT COUNT(*) FROM grant_job) AS jobs, (SELECT COUNT(*) FROM grant_member) AS members,
         (SELECT COUNT(*) FROM grant_upload) AS uploads`,
    );
    return [row!['jobs'], row!['members'], row!['uploads']].map(Number);
  };

  it('takes CSV and NDJSON, and the same list in either is the same grant', async () => {
    const query = paramsOf();
    const csv = `\uFEFFname,userId\r\n"An, na",anna\r\n\r\nBen,"b""en"\r\nAnna,anna\r\n`;
    const first = await send(csv, CSV, query);
    expect([first.statusCode, first.json()]).toEqual([
      201,
      {
        grant: { id: expect.any(String), status: 'QUEUED', requested: 2, duplicates: 1 },
        replayed: false,
      },
    ]);
    const lines = `"anna"\n{"userId":"b\\"en","age":3}\n\n"anna"`;
    const again = await send(
      lines,
      { 'content-type': 'application/x-ndjson; charset=utf-8' },
      query,
    );
    expect([again.statusCode, again.json()]).toMatchObject([
      200,
      { grant: { id: first.json<{ grant: { id: string } }>().grant.id }, replayed: true },
    ]);
    const other = await send(`userId\nanna\n`, CSV, query);
    expect([other.statusCode, other.json()]).toMatchObject([
      409,
      { rejection: { code: 'IDEMPOTENCY_CONFLICT' } },
    ]);
  });

  it.each([
    [
      'CSV',
      CSV,
      (users: string[]) => `userId,name\n${users.map((id) => `${id},"N, N"`).join('\n')}\n`,
    ],
    [
      'NDJSON',
      NDJSON,
      (users: string[]) => users.map((userId) => `{"userId":"${userId}"}`).join('\n'),
    ],
  ])('of thousands in %s gives each of them a coupon', async (name, headers, listOf) => {
    const users = usersOf(3_500, `of-${name}`);
    const { id: ofList } = await seedTemplate(http.stores.database, { totalCount: 3_500 });
    // Everybody stands in it twice: the second time is ignored.
    const sent = await send(
      listOf([...users, ...users]),
      headers,
      paramsOf({ templateId: ofList }),
    );
    const { grant } = sent.json<{ grant: Grant }>();
    expect([sent.statusCode, grant]).toMatchObject([201, { requested: 3_500, duplicates: 3_500 }]);
    await runGrants(http);
    expect(await grantOf(http, grant.id)).toMatchObject({ status: 'DONE', granted: 3_500 });
    await expectEveryoneOnce(http, grant);
  });

  it.each([
    ['no column userId', 'name\nanna\n', CSV, 'line 1'],
    ['nothing', '', CSV, 'userIds'],
    ['a header alone', 'userId\n', CSV, 'userIds'],
    ['another number of columns', 'userId,b\na,b\nc\n', CSV, 'line 3'],
    ['an open quote', 'userId\na\n"b\n', CSV, 'line'],
    ['a quote in the middle', 'userId\na"b\n', CSV, 'line 2'],
    ['an id with a blank', `userId\n${usersOf(1_500).join('\n')}\na b\n`, CSV, 'line 1502'],
    ['an empty id', 'userId,b\n,b\n', CSV, 'line 2'],
    ['an id that is too long', `userId\n${'x'.repeat(129)}\n`, CSV, 'line 2'],
    ['bytes that are no text', Buffer.from([0x75, 0xff, 0xfe, 0x0a]), NDJSON, 'line 1'],
    ['a line that is too long', `userId\n${'x'.repeat(5_000)}`, CSV, 'line'],
    ['a line of JSON that is too long', `"${'x'.repeat(5_000)}"`, NDJSON, 'line 1'],
    ['half of JSON', '"a"\n{"userId":', NDJSON, 'line 2'],
    ['a number', '"a"\n5', NDJSON, 'line 2'],
    ['an object without it', '{"user":"a"}', NDJSON, 'line 1'],
    ['null', 'null', NDJSON, 'line 1'],
    ['more bytes than fit', Buffer.alloc(GRANT_UPLOAD_BYTES_MAX + 1, '\n'), NDJSON, 'body'],
  ])('with %s names the place, and leaves nothing', async (_what, body, headers, place) => {
    const before = await rows();
    const response = await send(body, headers);
    const { errors } = response.json<{ errors: { extensions: object }[] }>();
    expect([response.statusCode, errors[0]!.extensions]).toMatchObject([
      400,
      { code: 'BAD_USER_INPUT', field: expect.stringContaining(place) as string },
    ]);
    expect(await rows()).toEqual(before);
  });

  it('is for operators, of templates that are open, with parameters that are there once', async () => {
    const before = await rows();
    const anna = await http.token({ sub: 'anna' });
    const list = 'userId\nanna\n';
    const answers = [
      await send(list, CSV, paramsOf(), anna),
      await send(list, { ...CSV, authorization: 'Bearer x' }),
      await http.server.inject({ method: 'POST', url: '/grants', headers: CSV, payload: list }),
      await send(list, CSV, paramsOf({ templateId: "' OR 1=1" })),
      await send(list, CSV, paramsOf({ more: 'x' })),
      await send(list, CSV, paramsOf({ reason: '' })),
      await send(list, { 'content-type': 'application/json' }),
      await send(list, { ...CSV, 'content-digest': 'md5=:x:' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([
      403, 401, 401, 404, 400, 400, 415, 400,
    ]);
    expect(await rows()).toEqual(before);
  });

  it('needs the proof of the router where one is asked for, of this very list', async () => {
    const guarded = await openHttp({ ROUTER_SECRETS: SECRET });
    const { id } = await seedTemplate(guarded.stores.database);
    const token = await guarded.token({ sub: 'olga', scope: 'coupons:admin' });
    const list = 'userId\nanna\n';
    const digest = `sha-256=:${createHash('sha256').update(list).digest('base64')}:`;
    const ask = (payload: string, signed: string, sent = signed) => {
      const query = paramsOf({ templateId: id });
      const body = operationOfUpload(query, 'text/csv', signed);
      const authorization = `Bearer ${token}`;
      const proof = signForService(SECRET, { authorization, body }, Date.now());
      const headers = { ...CSV, 'content-digest': sent, [ROUTER_PROOF_HEADER]: proof };
      return send(payload, headers, query, token, guarded.server);
    };
    const other = digest.replace('=:', '=:A').replace(/.=:$/, '=:');
    const statuses = [
      await ask(list, digest),
      await ask(`${list}ben\n`, digest),
      await ask(list, digest, other),
      await send(list, CSV, paramsOf({ templateId: id }), token, guarded.server),
    ].map(({ statusCode }) => statusCode);
    expect(statuses).toEqual([201, 400, 401, 401]);
    await guarded.close();
  });
});
