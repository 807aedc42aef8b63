/** Who may ask for what: the whole matrix from the schema, and what must hold whatever the table says. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  isNonNullType,
  parse,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAuthenticated } from '../../src/kernel/caller.js';
import { newId } from '../../src/kernel/ids.js';
import { ROOT_ACCESS, type RootAccess } from '../../src/subgraph/access.js';
import {
  enforceAccess,
  refuseStaleLines,
  withAccessDirectives,
} from '../../src/subgraph/enforce-access.js';
import { openHttp, type Http } from './http.js';

const CALLERS = {
  anonymous: null,
  user: {},
  otherUser: {},
  operator: { scope: 'coupons:admin' },
  approver: { scope: 'coupons:approve' },
  redeemService: { scope: 'coupons:redeem' },
  eventsService: { scope: 'coupons:events' },
} as const;
type CallerName = keyof typeof CALLERS;

const SCALARS: Readonly<Record<string, unknown>> = {
  ID: newId(1),
  String: 'x',
  Int: 1,
  Boolean: true,
  Decimal: '1.00',
  CurrencyCode: 'CNY',
  DateTime: '2026-11-21T00:00:00.000Z',
};

/** A value of the type with nothing in it that is not demanded. */
function least(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return least(type.ofType);
  if (isListType(type)) return [least(type.ofType)];
  if (type instanceof GraphQLEnumType) return type.getValues()[0]!.value;
  if (!(type instanceof GraphQLInputObjectType)) return SCALARS[type.toString()];
  const fields = Object.values(type.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(fields.map((field) => [field.name, least(field.type)]));
}

function documentOf(root: 'Query' | 'Mutation', field: GraphQLField<unknown, unknown>) {
  const args = field.args.filter(isRequiredArgument);
  const declared = args.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const operation = `${root.toLowerCase()}${args.length ? `(${declared})` : ''}`;
  const query = `${operation} { ${field.name}${args.length ? `(${given})` : ''} { __typename } }`;
  return { query, variables: Object.fromEntries(args.map((arg) => [arg.name, least(arg.type)])) };
}

describe('a root field', () => {
  let http: Http;
  const tokens = {} as Record<CallerName, string>;
  /** What each caller was told for each field: a code, or 'REACHED'. */
  const told: Record<string, Record<CallerName, string>> = {};
  beforeAll(async () => {
    http = await openHttp();
    for (const [name, claims] of Object.entries(CALLERS) as [CallerName, LocalScope][])
      tokens[name] = claims === null ? '' : await http.token({ sub: name, ...claims });
    const roots = [http.schema.getQueryType()!, http.schema.getMutationType()!];
    for (const root of roots) {
      for (const field of Object.values(root.getFields())) {
        if (field.name.startsWith('_')) continue;
        const { query, variables } = documentOf(root.name as 'Query', field);
        const cells = await Promise.all(
          (Object.keys(CALLERS) as CallerName[]).map(async (caller) => {
            const { errors } = await http.ask(query, variables, tokens[caller]);
            const code = errors[0]?.extensions.code ?? '';
            const isRefused = code === 'UNAUTHENTICATED' || code === 'FORBIDDEN';
            expect(['GRAPHQL_VALIDATION_FAILED', 'INTERNAL_SERVER_ERROR']).not.toContain(code);
            return [caller, isRefused ? code : 'REACHED'];
          }),
        );
        told[`${root.name}.${field.name}`] = Object.fromEntries(cells) as Record<
          CallerName,
          string
        >;
      }
    }
  });
  afterAll(() => http.close());

  type LocalScope = { readonly scope?: string } | null;

  const expectedOf = (access: RootAccess, caller: CallerName): readonly string[] => {
    const claims: LocalScope = CALLERS[caller];
    if (access === 'public') return ['REACHED'];
    if (claims === null) return ['UNAUTHENTICATED'];
    // Whose it is, is decided behind the gate.
    if (access === 'signedIn') return ['REACHED', 'FORBIDDEN'];
    return access.some((scope) => scope === claims.scope) ? ['REACHED'] : ['FORBIDDEN'];
  };

  it('answers every kind of caller as the table says', () => {
    expect(Object.keys(told).sort()).toEqual(Object.keys(ROOT_ACCESS).sort());
    const wrong = Object.entries(told).flatMap(([field, cells]) =>
      (Object.entries(cells) as [CallerName, string][])
        .filter(([caller, code]) => !expectedOf(ROOT_ACCESS[field]!, caller).includes(code))
        .map(([caller, code]) => `${field} tells ${caller} ${code}`),
    );
    expect(wrong).toEqual([]);
  });

  const reachedBy = (caller: CallerName) =>
    Object.keys(told).filter((field) => told[field]![caller] === 'REACHED');

  it('is closed to a caller without a token, but for the list of what may be claimed', () => {
    expect(reachedBy('anonymous')).toEqual(['Query.claimableTemplates']);
  });

  it('that changes templates, codes, grants or single coupons is for operators only', () => {
    const operators = [
      ...['create', 'update', 'submit', 'activate', 'stop'].map((verb) => `${verb}Template`),
      'generateCodes',
      'stopBatch',
      'grantCoupons',
      'freezeCoupon',
      'unfreezeCoupon',
      'revokeCoupon',
    ].map((name) => `Mutation.${name}`);
    for (const field of [...operators, 'Query.templates', 'Query.batch', 'Query.grant']) {
      const may = (Object.keys(CALLERS) as CallerName[]).filter(
        (c) => told[field]![c] === 'REACHED',
      );
      expect([field, ...may]).toEqual([field, 'operator']);
    }
  });

  it('that approves is for approvers, that rejects for both, and events for their service', () => {
    const may = (field: string) =>
      (Object.keys(CALLERS) as CallerName[]).filter((caller) => told[field]![caller] === 'REACHED');
    expect(may('Mutation.approveTemplate')).toEqual(['approver']);
    expect(may('Mutation.rejectTemplate')).toEqual(['operator', 'approver']);
    expect(may('Mutation.recordCustomerEvent')).toEqual(['eventsService']);
  });

  it('that a customer needs is reached by every signed-in caller', () => {
    for (const name of [
      'Mutation.claimCoupon',
      'Query.myCoupons',
      'Query.coupon',
      'Query.template',
    ])
      expect(reachedBy('user')).toContain(name);
    expect(reachedBy('user')).toEqual(reachedBy('otherUser'));
  });

  it('is not opened by a scope that only looks like one', async () => {
    for (const scope of [
      'coupons:admin2',
      'COUPONS:ADMIN',
      'xcoupons:admin',
      'coupons:*',
      'admin',
    ]) {
      const token = await http.token({ sub: 'eve', scope });
      const { errors } = await http.ask('{ templates { nodes { id } } }', {}, token);
      expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  it('is asked as a header says only where that header is a token', async () => {
    const headers = { 'x-user-id': 'olga', 'x-scopes': 'coupons:admin', cookie: 'token=x' };
    const { errors } = await http.ask('{ myCoupons { nodes { id } } }', {}, '', headers);
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('and every other field of every type has a line, and every line a field', () => {
    const fields = Object.values(http.schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields()).map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(Object.keys(ROOT_ACCESS).filter((line) => !fields.includes(line))).toEqual([]);
    expect(() => enforceAccess(http.schema)).not.toThrow();
    expect(() => refuseStaleLines(http.schema)).not.toThrow();
  });
});

describe('a protected field without a resolver of its own', () => {
  it('hands out what its object has to those alone who may see it', () => {
    const sdl = 'type Query { claimableTemplates: User } type User { coupons: Int }';
    const schema = buildSubgraphSchema(parse(sdl));
    enforceAccess(schema);
    const { resolve } = (schema.getType('User') as GraphQLObjectType).getFields()['coupons']!;
    const info = { fieldName: 'coupons' } as GraphQLResolveInfo;
    const ask = (userId: string | null) =>
      resolve!({ coupons: 7 }, {}, { caller: { userId, scopes: new Set() } }, info);
    expect(() => ask(null)).toThrow(NotAuthenticated);
    expect(ask('anna')).toBe(7);
  });
});

describe('a field without a line in the table', () => {
  const build = (sdl: string) => buildSubgraphSchema(parse(sdl));

  it.each([
    ['Query.everything', 'type Query { everything: String }'],
    ['Mutation.dropEverything', 'type Query { coupon: Int } type Mutation { dropEverything: Int }'],
    ['Secret.word', 'type Query { claimableTemplates: Secret } type Secret { word: String }'],
    ['_Secret.word', 'type Query { claimableTemplates: _Secret } type _Secret { word: String }'],
    ['Query._everything', 'type Query { _everything: Int }'],
    ['Coupon.secret', 'type Query { coupon: Coupon } type Coupon { id: ID secret: String }'],
    ['Money.iban', 'type Query { coupon: Money } type Money { amount: Int iban: String }'],
    ['User.password', 'type Query { claimableTemplates: User } type User { password: String }'],
    ['Order.card', 'type Query { claimableTemplates: Order } type Order { card: String }'],
  ])('fails the build: %s', (field, sdl) => {
    expect(() => withAccessDirectives(parse(sdl))).toThrow(`${field} has no line`);
    expect(() => {
      const schema = build(sdl);
      for (const type of Object.values(schema.getTypeMap())) {
        if (!isObjectType(type)) continue;
        for (const one of Object.values(type.getFields())) one.resolve ??= () => null;
      }
      enforceAccess(schema);
    }).toThrow(`${field} has no line`);
  });

  it('that is protected but has nothing to guard fails the build too', () => {
    expect(() => enforceAccess(build('type Query { coupon: Int }'))).toThrow(
      'no resolver to guard',
    );
  });

  it('of an interface fails the build too, and so does one that would need a guard there', () => {
    const missing = 'type Query { claimableTemplates: Failure } interface Failure { secret: Int }';
    expect(() => enforceAccess(build(missing))).toThrow('Failure.secret has no line');
    const guarded = 'type Query { claimableTemplates: User } interface User { coupons: Int }';
    expect(() => enforceAccess(build(guarded))).toThrow('User.coupons: a field of an interface');
  });

  it('is as wrong as a line without a field', () => {
    const stale = () =>
      refuseStaleLines(build('type Query { coupon: Int } type Coupon { id: ID }'));
    expect(stale).toThrow(/lines without a field: .*Coupon\.status.*Query\.myCoupons/);
    expect(stale).not.toThrow(/Query\.coupon[,\s]|Coupon\.id[,\s]/);
  });

  it('is written for the router as it is enforced here', () => {
    const sdl = withAccessDirectives(
      parse(
        'type Query { claimableTemplates: Int coupon: Int templates: Int } type Mutation { rejectTemplate: Int }',
      ),
    );
    const directives = new Map(
      sdl.definitions.flatMap((type) =>
        type.kind === Kind.OBJECT_TYPE_DEFINITION
          ? (type.fields ?? []).map((field) => [
              field.name.value,
              (field.directives ?? []).map(({ name, arguments: args }) => [
                name.value,
                JSON.stringify(args ?? []).match(/coupons:\w+|(?<="value":")\w+/g),
              ]),
            ])
          : [],
      ),
    );
    expect(Object.fromEntries(directives)).toEqual({
      claimableTemplates: [],
      coupon: [['authenticated', null]],
      templates: [
        ['requiresScopes', ['scopes', 'coupons:admin']],
        ['tag', ['name', 'admin']],
      ],
      rejectTemplate: [
        ['requiresScopes', ['scopes', 'coupons:admin', 'coupons:approve']],
        ['tag', ['name', 'admin']],
        ['tag', ['name', 'approve']],
      ],
    });
  });
});
