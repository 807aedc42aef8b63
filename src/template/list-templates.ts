/** Lists of templates: what customers may claim now, and what operators look for. */
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { cutPage, type Page, type PageRequest } from '../graph/paging.js';
import type { Reader } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { Experiments } from './experiments.js';
import { countTemplates, listTemplates, type TemplateFilter } from './template.store.js';
import type { CouponType, Template, TemplateStatus } from './template.types.js';

export interface TemplateSearch {
  readonly status: readonly TemplateStatus[] | null;
  readonly type: readonly CouponType[] | null;
  readonly search: string | null;
}

export class ListTemplates {
  constructor(
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  /** Anybody may read these. Of experiments a user sees the own arms, and who is not known yet sees none. */
  async claimable(page: PageRequest, userId: string | null = null): Promise<Page<Template>> {
    const own = userId === null ? [] : await new Experiments(this.reader).ownArms(userId);
    const ownArms = own.length === 0 ? '' : ` OR t.id IN (${own.map(() => '?').join(', ')})`;
    const now = toSqlMoment(this.clock.nowMs());
    return this.page(page, {
      where: [
        "t.status = 'ACTIVE'",
        "t.claim_method = 'OPEN'",
        't.claim_until > ?',
        't.claim_from <= ?',
        `(t.experiment IS NULL${ownArms})`,
      ],
      values: [now, now, ...own],
    });
  }

  async search(caller: Caller, search: TemplateSearch, page: PageRequest): Promise<Page<Template>> {
    requireScope(caller, 'coupons:admin');
    return this.page(page, filterOf(search, toSqlMoment(this.clock.nowMs())));
  }

  private async page(page: PageRequest, filter: TemplateFilter): Promise<Page<Template>> {
    const rows = await listTemplates(this.reader, filter, page.afterId, page.first + 1);
    return cutPage(rows, page, () => countTemplates(this.reader, filter));
  }
}

function filterOf(search: TemplateSearch, now: string): TemplateFilter {
  const parts: TemplateFilter[] = [];
  if (search.status !== null)
    parts.push(anyOf(search.status.map((status) => statusFilter(status, now))));
  if (search.type !== null)
    parts.push(anyOf(search.type.map((type) => ({ where: ['t.type = ?'], values: [type] }))));
  if (search.search !== null && search.search !== '')
    parts.push({ where: ['INSTR(t.search_text, ?) > 0'], values: [search.search] });
  return {
    where: parts.flatMap(({ where }) => where),
    values: parts.flatMap(({ values }) => values),
  };
}

/** The clock decides when an ACTIVE template is EXPIRED, so the filter asks it too. */
function statusFilter(status: TemplateStatus, now: string): TemplateFilter {
  if (status === 'ACTIVE')
    return { where: ["(t.status = 'ACTIVE' AND t.claim_until > ?)"], values: [now] };
  if (status === 'EXPIRED')
    return {
      where: ["(t.status = 'EXPIRED' OR (t.status = 'ACTIVE' AND t.claim_until <= ?))"],
      values: [now],
    };
  return { where: ['t.status = ?'], values: [status] };
}

function anyOf(filters: readonly TemplateFilter[]): TemplateFilter {
  if (filters.length === 0) return { where: ['1 = 0'], values: [] };
  return {
    where: [`(${filters.flatMap(({ where }) => where).join(' OR ')})`],
    values: filters.flatMap(({ values }) => values),
  };
}
