/** What leaves the service of an error: the caller's mistakes by name, ours by a number the log has. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { DatabaseUnavailable, OutcomeUnknown } from '../../src/storage/database-errors.js';
import { seedTemplate } from '../kit/seed.js';
import { openHttp, type Http } from './http.js';

const INTERNALS = /SELECT|FROM |127\.0\.0\.1|\/work|node_modules|\.ts|\bat \w|mysql|secret-host/i;

describe('an error', () => {
  let http: Http;
  let customer: string;
  let admin: string;
  beforeAll(async () => {
    http = await openHttp();
    customer = await http.token({ sub: 'anna' });
    admin = await http.token({ sub: 'olga', scope: 'coupons:admin' });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => http.close());

  const template = (token = admin) => http.ask(`{ template(id: "${newId(1)}") { id } }`, {}, token);
  const breakCatalog = (error: unknown) =>
    vi.spyOn(http.app.catalog, 'byId').mockRejectedValue(error);

  it.each([
    [
      'an SQL error',
      Object.assign(new Error("You have an error near 'SELECT x FROM y' at secret-host"), {
        errno: 1064,
        sql: 'SELECT x',
      }),
    ],
    ['a programming error', new TypeError('cannot read /srv/app/src/app.ts of 127.0.0.1')],
    ['a text', 'SELECT secret-host'],
    ['nothing', undefined],
  ])('that nobody expected (%s) is masked, with an id that the log has', async (_what, error) => {
    breakCatalog(error);
    const { data, errors, text } = await template();
    expect(data).toEqual({ template: null });
    expect(errors[0]).toMatchObject({
      message: 'Something went wrong.',
      path: ['template'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    const { errorId } = errors[0]!.extensions;
    expect(errorId).toMatch(/^[0-9a-f-]{36}$/);
    const entry = http.logged.find((line) => line['errorId'] === errorId);
    expect(entry).toMatchObject({ level: 50, msg: 'unexpected error' });
    if (error instanceof Error)
      expect(entry!['err']).toMatchObject({
        // What MySQL repeats of a statement is not for the log either.
        message: error.message.replace('SELECT x FROM y', '[hidden]'),
        stack: expect.any(String) as string,
      });
    expect(text).not.toMatch(INTERNALS);
  });

  it.each([
    ['a database that is away', new DatabaseUnavailable(new Error('connect 127.0.0.1:3306'))],
    ['a commit without an answer', new OutcomeUnknown(new Error('secret-host'))],
    ['a link that broke', Object.assign(new Error('secret-host'), { code: 'ECONNRESET' })],
  ])('of %s says that asking again can help', async (_what, error) => {
    breakCatalog(error);
    const { errors, text } = await template();
    expect(errors[0]!.extensions).toEqual({ code: 'UNAVAILABLE', retryable: true });
    expect(text).not.toMatch(INTERNALS);
  });

  it('of one field leaves the others of the answer standing', async () => {
    breakCatalog(new Error('broken'));
    const query = `{ template(id: "${newId(1)}") { id } myCoupons { totalCount } }`;
    const { data } = await http.ask(query, {}, customer);
    expect(data).toEqual({ template: null, myCoupons: { totalCount: 0 } });
  });

  it.each([
    ['a float', '20.5', 'Decimal is a string such as \\"20.00\\"; a number is refused'],
    ['an integer', '20', 'Decimal is a string'],
    ['an exponent', '"2e1"', 'Decimal is a string'],
    ['nothing', '""', 'Decimal is a string'],
    ['a blank', '" 20"', 'Decimal is a string'],
    ['a list', '["20"]', 'Decimal'],
  ])('of %s for a Decimal names where it stands', async (_what, amount, message) => {
    const currency = '"currency": "CNY"';
    const variables = `{"input": {"names": [{"language": "en", "name": "x"}], "type": "DIRECT_CUT", ${currency},
      "amount": {"amount": ${amount}, ${currency}}, "claimFrom": "2026-01-01T00:00:00Z",
      "claimUntil": "2027-01-01T00:00:00Z", "validity": {"days": 1}}}`;
    const query =
      'mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { __typename } }';
    const body = `{"query": "${query}", "variables": ${variables}}`;
    const response = await http.post(body, { authorization: `Bearer ${admin}` });
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('input.amount.amount');
    expect(response.body).toContain(message);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    const inline = `mutation { createTemplate(input: {names: [], type: DIRECT_CUT, currency: "CNY",
      amount: {amount: ${amount}, currency: "CNY"}, claimFrom: "2026-01-01T00:00:00Z",
      claimUntil: "2027-01-01T00:00:00Z", validity: {days: 1}}) { __typename } }`;
    expect((await http.ask(inline, {}, admin)).status).toBe(400);
  });

  it.each([
    '2026-02-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '0000-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '9999-12-31T23:59:59-23:59',
    '+010000-01-01T00:00:00Z',
    'tomorrow',
    '',
  ])('of %j for a DateTime says what one is', async (at) => {
    const query = `query ($at: DateTime) { quoteDiscount(input: {currency: "CNY", lines: [], at: $at}) { id } }`;
    const { status, text } = await http.ask(query, { at }, admin);
    expect(status).toBe(400);
    expect(text).toContain('DateTime is ISO 8601');
    expect((await http.ask(query, { at: 5 }, admin)).status).toBe(400);
  });

  it('of too many fraction digits, or of a number too large, names the field', async () => {
    const { id } = await seedTemplate(http.stores.database);
    const query = `mutation ($input: TemplateActionInput!) { stopTemplate(input: $input) { __typename } }`;
    const large = await http.ask(query, { input: { id, expectedVersion: 2_147_483_648 } }, admin);
    expect([large.status, large.text]).toEqual([
      400,
      expect.stringContaining('input.expectedVersion'),
    ]);
    const unknown = await http.ask(query, { input: { id, isAdmin: true } }, admin);
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('isAdmin')]);
    const long = await http.ask(query, { input: { id, reason: 'x'.repeat(501) } }, admin);
    expect(long.errors[0]!.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.reason' });
  });

  it('that was expected is told in the language of the caller, with its facts', async () => {
    const { id } = await seedTemplate(http.stores.database);
    const query = `mutation { submitTemplate(input: {id: "${id}"}) { ... on Rejection { code message } } }`;
    const messageIn = async (language: string) => {
      const { data } = await http.ask(query, {}, admin, { 'accept-language': language });
      return (data!['submitTemplate'] as { message: string }).message;
    };
    const chinese = '当前状态不允许该操作。 (ACTIVE 状态下不能执行 SUBMIT)';
    const english =
      'This is not possible in its present state. (SUBMIT is not possible from ACTIVE)';
    expect(await messageIn('zh-CN,zh;q=0.9')).toBe(chinese);
    expect(await messageIn('de, zh;q=0.5, en;q=0.2')).toBe(chinese);
    expect(await messageIn('de')).toBe(english);
    expect(await messageIn('zh;q=0, en')).toBe(english);
  });
});
