/** Lists of templates: pages that stand still while rows come, search, and status by the clock. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage, toConnection, type Page } from '../../src/graph/paging.js';
import { NotAllowed, NotAuthenticated } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import { ListTemplates, type TemplateSearch } from '../../src/template/list-templates.js';
import type { Template, TemplateRules, TemplateStatus } from '../../src/template/template.types.js';
import { seedTemplate } from '../kit/seed.js';
import { callerOf, openWorld, operator, reviewer, type World } from '../kit/world.js';

const ALL: TemplateSearch = { status: null, type: null, search: null };
const DAY_MS = 86_400_000;

describe('a list of templates', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  let lists = 0;
  /** A name of its own a test, so that tests do not see each other's templates. */
  const newName = () => `list-${(lists += 1)}-end`;
  const seed = async (
    name: string,
    overrides: Partial<TemplateRules> = {},
    status: TemplateStatus = 'ACTIVE',
  ): Promise<string> => {
    const names = [{ language: 'en', name }];
    const { id } = await seedTemplate(world.stores.database, { names, ...overrides });
    await world.stores.database.transaction((sql) =>
      sql.change('UPDATE template SET status = ? WHERE id = ?', [status, id]),
    );
    return id;
  };
  const search = (wanted: Partial<TemplateSearch>, first = 100, after: string | null = null) =>
    world.app.listTemplates.search(operator, { ...ALL, ...wanted }, readPage(first, after));
  const idsOf = ({ nodes }: Page<Template>) => nodes.map(({ id }) => id);

  it('comes newest first in pages that neither repeat nor hide while rows are inserted', async () => {
    const name = newName();
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push(await seed(name));
    const seen: string[] = [];
    let after: string | null = null;
    let pages = 0;
    for (;;) {
      const page = await search({ search: name }, 3, after);
      const { edges, pageInfo } = toConnection(page, (template: Template) => template);
      seen.push(...edges.map(({ node }) => node.id));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(pageInfo.startCursor).toBe(edges[0]!.cursor);
      pages += 1;
      await seed(name);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect([pages, seen]).toEqual([3, [...made].reverse()]);
    const last = await search({ search: name }, 3);
    expect(await last.totalCount()).toBe(10);
    const hasNext = async (first: number) => (await search({ search: name }, first)).hasNextPage;
    expect([await hasNext(9), await hasNext(10), await hasNext(11)]).toEqual([true, false, false]);
  });

  it('goes on after a node that is gone', async () => {
    const name = newName();
    const made = [await seed(name), await seed(name), await seed(name)];
    const cursor = Buffer.from(made[1]!).toString('base64url');
    await world.stores.database.transaction((sql) =>
      sql.change('DELETE FROM template WHERE id = ?', [made[1]!]),
    );
    expect(idsOf(await search({ search: name }, 10, cursor))).toEqual([made[0]]);
  });

  it('is empty for first 0, and has the default page for none', async () => {
    const name = newName();
    await seed(name);
    const none = await search({ search: name }, 0);
    expect([idsOf(none), none.hasNextPage]).toEqual([[], true]);
    expect(readPage(null, undefined)).toEqual({ first: 20, afterId: null });
  });

  it.each([
    ['first', -1, null],
    ['first', 101, null],
    ['after', 1, ''],
    ['after', 1, 'bm90IGEgY3Vyc29y'],
    ['after', 1, "' OR 1=1 --"],
  ])('names %s for %j after %j', (field, first, after) => {
    const told = (() => {
      try {
        return readPage(first, after);
      } catch (error) {
        return error;
      }
    })();
    expect(told).toBeInstanceOf(InputError);
    expect((told as InputError).field).toBe(field);
  });

  it('finds part of any name without case, and takes signs for what they are', async () => {
    const name = newName();
    const names = [
      { language: 'en', name: `${name} 100% Off_now` },
      { language: 'zh-CN', name: `${name} 满减` },
    ];
    const id = await seed(name, { names });
    for (const text of [`${name} 满`, `${name} 100% o`, `${name.toUpperCase()} 100`, 'Off_now'])
      expect(idsOf(await search({ search: text }))).toEqual([id]);
    for (const text of ['OffXnow', `${name}%now`, `${name} 1_0`, "' OR ''='"])
      expect(idsOf(await search({ search: text }))).toEqual([]);
    expect((await search({ search: '' }, 1)).nodes).toHaveLength(1);
  });

  it('has templates whose names fill every bound', async () => {
    const names = Array.from({ length: 20 }, (_, i) => ({
      language: `en-${String(i).padStart(2, '0')}`,
      name: '😀'.repeat(99) + (i % 10),
    }));
    const made = await world.app.saveTemplate.create(operator, {
      names,
      type: 'EXCHANGE',
      currency: 'CNY',
      claimFrom: 0,
      claimUntil: 1,
      validity: { days: 1 },
    });
    expect(made).toMatchObject({ ok: true, value: { rules: { names } } });
  });

  it('filters by status as the clock has it, and by type', async () => {
    const name = newName();
    const over = { claimUntilMs: Date.now() - 1 };
    const made = {
      active: await seed(name),
      over: await seed(name, over),
      expired: await seed(name, over, 'EXPIRED'),
      stopped: await seed(name, over, 'STOPPED'),
      draft: await seed(name, { ...over, type: 'EXCHANGE' }, 'DRAFT'),
    };
    const found = async (status: TemplateStatus[] | null, type: TemplateSearch['type'] = null) =>
      new Set(idsOf(await search({ search: name, status, type })));
    expect(await found(['ACTIVE'])).toEqual(new Set([made.active]));
    expect(await found(['EXPIRED'])).toEqual(new Set([made.over, made.expired]));
    expect(await found(['ACTIVE', 'STOPPED'])).toEqual(new Set([made.active, made.stopped]));
    expect(await found(['DRAFT', 'EXPIRED'], ['EXCHANGE'])).toEqual(new Set([made.draft]));
    expect(await found(null, ['DIRECT_CUT', 'EXCHANGE'])).toEqual(new Set(Object.values(made)));
    expect(await found([])).toEqual(new Set());
    expect(await found(null, [])).toEqual(new Set());
    const page = await search({ search: name, status: ['EXPIRED'] }, 1);
    expect([page.hasNextPage, await page.totalCount()]).toEqual([true, 2]);
  });

  it('of what is claimable has only what anybody may claim right now', async () => {
    const { clock } = world;
    const name = newName();
    const names = [{ language: 'en', name }];
    const now = clock.nowMs();
    const open = await seed(name);
    const soon = await seed(name, { claimFromMs: now + DAY_MS });
    await seed(name, { claimUntilMs: now });
    await seed(name, { names, claimMethod: 'GRANT_ONLY' });
    await seed(name, { names, claimMethod: 'CODE' });
    for (const status of ['DRAFT', 'IN_REVIEW', 'APPROVED', 'STOPPED', 'EXPIRED'] as const)
      await seed(name, {}, status);
    const claimable = async () => {
      const page = await world.app.listTemplates.claimable(readPage(100, null));
      const mine = page.nodes.filter(({ rules }) => rules.names[0]?.name === name);
      return mine.map(({ id }) => id);
    };
    expect(await claimable()).toEqual([open]);
    clock.forward(DAY_MS + 1_000);
    expect(await claimable()).toEqual([soon, open]);
    clock.forward(-DAY_MS - 1_000);
  });

  it('of what is claimable has a template from claimFrom on and no more at claimUntil', async () => {
    const name = newName();
    const from = Date.now() + 10 * DAY_MS;
    const id = await seed(name, { claimFromMs: from, claimUntilMs: from + 1_000 });
    const seenAt = async (nowMs: number) => {
      const lists = new ListTemplates(world.stores.database, { nowMs: () => nowMs });
      return idsOf(await lists.claimable(readPage(100, null))).includes(id);
    };
    const moments = [from - 1, from, from + 999, from + 1_000];
    const seen = await Promise.all(moments.map(seenAt));
    expect(seen).toEqual([false, true, true, false]);
  });

  it('is searched by operators only', async () => {
    const page = readPage(1, null);
    for (const who of [reviewer, callerOf('shop', ['coupons:redeem']), callerOf('anna')])
      await expect(world.app.listTemplates.search(who, ALL, page)).rejects.toThrow(NotAllowed);
    const nobody = callerOf(null);
    await expect(world.app.listTemplates.search(nobody, ALL, page)).rejects.toThrow(
      NotAuthenticated,
    );
  });
});
