/** The SQL of templates. Every write names the row by its primary key and the state it expects. */
import type { Database, Reader, Row, Sql, SqlValue } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { Template, TemplateLimits, TemplateRules, TemplateStatus } from './template.types.js';

const COLUMNS = `t.id, t.status, t.version, t.revision, t.author_id, t.issued, t.epoch, t.committed_seq,
  t.seed, t.created_at, t.updated_at, v.rules`;
const FROM =
  'FROM template t JOIN template_version v ON v.template_id = t.id AND v.version = t.version';

export const TEMPLATE_SQL = {
  insert: `INSERT INTO template (id, status, version, revision, type, claim_method, search_text, author_id,
      total_count, seed, claim_from, claim_until, experiment, experiment_weight, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertVersion: `INSERT INTO template_version (template_id, version, rules, author_id, created_at)
    VALUES (?, ?, ?, ?, ?)`,
  /** A changed total makes Redis' view of the stock wrong, so it raises the epoch. */
  updateRules: `UPDATE template SET epoch = epoch + IF(total_count <=> ?, 0, 1), status = ?,
      version = version + 1, revision = revision + 1, type = ?, claim_method = ?, search_text = ?,
      author_id = ?, total_count = ?, claim_from = ?, claim_until = ?, experiment = ?, experiment_weight = ?,
      updated_at = ?
    WHERE id = ? AND revision = ?`,
  updateStatus: `UPDATE template SET status = ?, revision = revision + 1, updated_at = ?
    WHERE id = ? AND revision = ?`,
};

export async function insertTemplate(sql: Sql, template: Template): Promise<void> {
  const { rules } = template;
  await sql.change(TEMPLATE_SQL.insert, [
    template.id,
    template.status,
    template.version,
    template.revision,
    rules.type,
    rules.claimMethod,
    searchTextOf(rules),
    template.authorId,
    rules.totalCount,
    template.seed,
    toSqlMoment(rules.claimFromMs),
    toSqlMoment(rules.claimUntilMs),
    rules.experiment,
    rules.experimentWeight,
    toSqlMoment(template.createdAtMs),
    toSqlMoment(template.updatedAtMs),
  ]);
  await insertVersion(sql, template);
}

async function insertVersion(sql: Sql, template: Template): Promise<void> {
  await sql.change(TEMPLATE_SQL.insertVersion, [
    template.id,
    template.version,
    JSON.stringify(template.rules),
    template.authorId,
    toSqlMoment(template.updatedAtMs),
  ]);
}

/** Writes the next version over `before`. @returns false if somebody changed it meanwhile */
export async function updateRules(sql: Sql, before: Template, after: Template): Promise<boolean> {
  const { rules } = after;
  const changed = await sql.change(TEMPLATE_SQL.updateRules, [
    rules.totalCount,
    after.status,
    rules.type,
    rules.claimMethod,
    searchTextOf(rules),
    after.authorId,
    rules.totalCount,
    toSqlMoment(rules.claimFromMs),
    toSqlMoment(rules.claimUntilMs),
    rules.experiment,
    rules.experimentWeight,
    toSqlMoment(after.updatedAtMs),
    before.id,
    before.revision,
  ]);
  if (changed === 1) await insertVersion(sql, after);
  return changed === 1;
}

/** @returns false if somebody changed it meanwhile */
export async function updateStatus(
  sql: Sql,
  before: Template,
  status: TemplateStatus,
  nowMs: number,
): Promise<boolean> {
  const values = [status, toSqlMoment(nowMs), before.id, before.revision];
  return (await sql.change(TEMPLATE_SQL.updateStatus, values)) === 1;
}

export async function readTemplates(
  source: Pick<Database, 'rows'>,
  ids: readonly string[],
): Promise<Template[]> {
  if (ids.length === 0) return [];
  const marks = ids.map(() => '?').join(', ');
  const rows = await source.rows(`SELECT ${COLUMNS} ${FROM} WHERE t.id IN (${marks})`, ids);
  return rows.map(toTemplate);
}

/** A version by its number, written `ID VERSION`. */
export async function readVersions(
  source: Pick<Database, 'rows'>,
  keys: readonly { readonly templateId: string; readonly version: number }[],
): Promise<Map<string, TemplateRules>> {
  if (keys.length === 0) return new Map();
  const marks = keys.map(() => '(?, ?)').join(', ');
  const rows = await source.rows(
    `SELECT template_id, version, rules FROM template_version
     WHERE (template_id, version) IN (${marks})`,
    keys.flatMap(({ templateId, version }) => [templateId, version]),
  );
  return new Map(
    rows.map((row) => [
      versionKey(String(row['template_id']), Number(row['version'])),
      toRules(row),
    ]),
  );
}

/** The rules in force at a moment; before the first version, the first. */
export async function readVersionsAt(
  source: Pick<Database, 'rows'>,
  templateIds: readonly string[],
  atMs: number,
): Promise<Map<string, TemplateRules>> {
  if (templateIds.length === 0) return new Map();
  const marks = templateIds.map(() => '?').join(', ');
  const rows = await source.rows(
    `SELECT v.template_id, v.rules FROM template_version v JOIN (
       SELECT template_id, COALESCE(MAX(IF(created_at <= ?, version, NULL)), 1) AS version
       FROM template_version WHERE template_id IN (${marks}) GROUP BY template_id
     ) then_ ON then_.template_id = v.template_id AND then_.version = v.version`,
    [toSqlMoment(atMs), ...templateIds],
  );
  return new Map(rows.map((row) => [String(row['template_id']), toRules(row)]));
}

export function versionKey(templateId: string, version: number): string {
  return `${templateId} ${version}`;
}

export interface TemplateFilter {
  readonly where: readonly string[];
  readonly values: readonly SqlValue[];
}

/** One page, newest first, and one row more. */
export async function listTemplates(
  reader: Reader,
  filter: TemplateFilter,
  afterId: string | null,
  limit: number,
): Promise<Template[]> {
  const where = [...filter.where, ...(afterId === null ? [] : ['t.id < ?'])];
  const rows = await reader.rows(
    `SELECT ${COLUMNS} ${FROM} WHERE ${['1 = 1', ...where].join(' AND ')}
     ORDER BY t.id DESC LIMIT ${limit}`,
    [...filter.values, ...(afterId === null ? [] : [afterId])],
  );
  return rows.map(toTemplate);
}

export async function countTemplates(reader: Reader, filter: TemplateFilter): Promise<number> {
  const rows = await reader.rows(
    `SELECT COUNT(*) AS n FROM template t WHERE ${['1 = 1', ...filter.where].join(' AND ')}`,
    filter.values,
  );
  return Number(rows[0]?.['n']);
}

/** Of the column, in characters. The longest names of all languages with what parts them are a few more. */
const SEARCH_TEXT_MAX = 2_000;

function searchTextOf(rules: TemplateRules): string {
  const text = rules.names.map(({ name }) => name).join('\n');
  return Array.from(text).slice(0, SEARCH_TEXT_MAX).join('');
}

/** Of versions that were written before templates had limits of their own. */
const NO_OWN_LIMITS: TemplateLimits = { perNetworkPerHour: null, perDevicePerDay: null };

function toRules(row: Row): TemplateRules {
  const rules = JSON.parse(String(row['rules'])) as Omit<TemplateRules, 'limits'>;
  return { limits: NO_OWN_LIMITS, ...rules };
}

function toTemplate(row: Row): Template {
  return {
    id: String(row['id']),
    status: row['status'] as TemplateStatus,
    version: Number(row['version']),
    revision: Number(row['revision']),
    rules: toRules(row),
    authorId: String(row['author_id']),
    issued: Number(row['issued']),
    epoch: Number(row['epoch']),
    committedSeq: Number(row['committed_seq']),
    seed: String(row['seed']),
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
  };
}

/** Whether `actor` wrote or edited any version of the template. */
export async function hasWritten(
  database: Database,
  templateId: string,
  actor: string,
): Promise<boolean> {
  const rows = await database.rows(
    `SELECT 1 FROM audit WHERE subject_id = ? AND actor = ? AND action IN ('CREATED', 'EDITED')
     LIMIT 1`,
    [templateId, actor],
  );
  return rows.length > 0;
}
