import { defineEntity, p } from '@mikro-orm/core';
import { count, id, json, minor, moment } from './columns.js';

/**
 * One job of the workers: who runs it and until when, how far it is, what became of its runs. All moments
 * here are of the database's clock. `token` is raised at each taking, and never given twice.
 */
export const JobTable = defineEntity({
  name: 'Job',
  tableName: 'job',
  properties: {
    name: p.string().columnType('varchar(64)').collation('ascii_bin').primary(),
    everyMs: count(),
    holder: id().nullable(),
    token: minor(),
    leasedUntil: moment().nullable(),
    /** From when on any worker may run it again. */
    dueAt: moment(),
    lastRunAt: moment().nullable(),
    lastSuccessAt: moment().nullable(),
    lagMs: minor().nullable(),
    handled: minor(),
    progress: json().nullable(),
    lastError: p.string().columnType('varchar(500)').nullable(),
    createdAt: moment(),
  },
});
