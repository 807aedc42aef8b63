import { defineEntity, p } from '@mikro-orm/core';
import { count, externalId, id, json, moment, word } from './columns.js';

/** One template: its lifecycle and the counters that guard its stock. Its rules are in its versions. */
export const TemplateTable = defineEntity({
  name: 'Template',
  tableName: 'template',
  properties: {
    id: id().primary(),
    status: word(),
    version: count(),
    /** Counts every change, of rules or of status: the seq of its audit. */
    revision: count(),
    type: word(),
    claimMethod: word(),
    searchText: p.string().columnType('varchar(2000)'),
    authorId: externalId(),
    totalCount: count().nullable(),
    issued: count().default(0),
    /** The totals of its batches of codes together: at most its own. */
    codeCount: count().default(0),
    epoch: count().default(0),
    /** The last epoch that a rebuild raised: while it is the present one, a gate may be open. */
    rebuiltEpoch: count().default(0),
    /** The highest number of a reservation that was committed: a Redis that has numbered fewer lost some. */
    committedSeq: p.bigint('number').columnType('bigint').default(0),
    seed: word().columnType('char(32)'),
    claimFrom: moment(),
    claimUntil: moment(),
    /** The A/B test it is an arm of; of its present version. */
    experiment: externalId().nullable(),
    experimentWeight: count().nullable(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  indexes: [
    { name: 'ix_template_status', properties: ['status', 'id'] },
    { name: 'ix_template_experiment', properties: ['experiment', 'status'] },
    { name: 'ix_template_claimable', properties: ['status', 'claimMethod', 'claimUntil'] },
  ],
});

/** One immutable version of a template's rules. */
export const TemplateVersionTable = defineEntity({
  name: 'TemplateVersion',
  tableName: 'template_version',
  properties: {
    templateId: id().primary(),
    version: count().primary(),
    rules: json(),
    authorId: externalId(),
    createdAt: moment(),
  },
});
