import { defineEntity } from '@mikro-orm/core';
import { count, externalId, id, json, minor, moment } from './columns.js';

/** What became of a template's coupons, as the worker counted them last; `dueAt`: when it counts again. */
export const TemplateCountTable = defineEntity({
  name: 'TemplateCount',
  tableName: 'template_count',
  properties: {
    templateId: id().primary(),
    countedAt: moment(),
    dueAt: moment(),
    tookMs: count(),
    unused: count(),
    held: count(),
    used: count(),
    expired: count(),
    frozen: count(),
    revoked: count(),
    expiring: count(),
    discountGivenMinor: minor(),
    byChannel: json(),
  },
  indexes: [{ name: 'ix_template_count_due', properties: ['dueAt'] }],
});

/** A count that one run of the worker could not finish: all users up to `afterUser` are in the tally. */
export const UnfinishedCountTable = defineEntity({
  name: 'UnfinishedCount',
  tableName: 'unfinished_count',
  properties: {
    templateId: id().primary(),
    afterUser: externalId(),
    tookMs: count(),
    tally: json(),
  },
});

/** What the last simulation of a template's version came to, for whoever reviews it. */
export const TemplateSimulationTable = defineEntity({
  name: 'TemplateSimulation',
  tableName: 'template_simulation',
  properties: {
    templateId: id().primary(),
    version: count().primary(),
    simulatedAt: moment(),
    actor: externalId(),
    summary: json(),
  },
});
