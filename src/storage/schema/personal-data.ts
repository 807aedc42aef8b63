/**
 * Every column that can name a person, and every text that could hold one, with what becomes of it when a
 * user is erased. One list beside the tables: a test fails for a column that is missing here, so that a
 * later table cannot be forgotten.
 *
 * WALLET   the coupons and redemptions of the user, which change together in one transaction
 * USER     a user id in a table of its own: replaced wherever it stands; an index begins with it
 * SUBJECT  rows about a coupon or a redemption of the user, found by `by`: the id or `"userId":"…"` is replaced
 * SCANNED  a small table that is read through
 * DELETED  rows that go altogether, by a statement of their room; an index begins with the user
 * KEPT     stays as it is, because …
 */
export type Erased =
  | { readonly how: 'WALLET' | 'USER' | 'SCANNED' | 'DELETED' }
  | { readonly how: 'SUBJECT'; readonly by: string }
  | { readonly how: 'KEPT'; readonly because: string };

export type PersonalColumn = Erased & { readonly table: string; readonly column: string };

const STAFF = 'staff in their office: who wrote, approved or did what must stay answerable';
const NOBODY = 'it has numbers and ids of ours only';
const of = (table: string, column: string, erased: Erased): PersonalColumn => ({
  table,
  column,
  ...erased,
});
const kept = (because: string): Erased => ({ how: 'KEPT', because });

export const PERSONAL_COLUMNS: readonly PersonalColumn[] = [
  of('coupon', 'user_id', { how: 'WALLET' }),
  of('coupon_archive', 'user_id', { how: 'WALLET' }),
  of('redemption', 'user_id', { how: 'WALLET' }),
  of('redemption', 'snapshot', { how: 'WALLET' }),
  of('audit', 'actor', { how: 'SUBJECT', by: 'subject_id' }),
  of('audit', 'details', { how: 'SUBJECT', by: 'subject_id' }),
  of('outbox', 'payload', { how: 'SUBJECT', by: 'subject_id' }),
  of('refund', 'actor', { how: 'SUBJECT', by: 'redemption_id' }),
  of('refund', 'refunded_lines', kept(NOBODY)),
  of('quarantined_claim', 'user_id', { how: 'SCANNED' }),
  of('quarantined_claim', 'entry', { how: 'SCANNED' }),
  of('template_version', 'rules', { how: 'SCANNED' }),
  of('template_version', 'author_id', kept(STAFF)),
  of('template', 'author_id', kept(STAFF)),
  of(
    'event_log',
    'payload',
    kept('others were told, and an event does not change from try to try; deleted after 7 days'),
  ),
  of(
    'webhook_delivery',
    'body',
    kept('as the log; it waits for a receiver that failed: days, or 30 as a dead letter'),
  ),
  of('webhook_endpoint', 'types', kept(NOBODY)),
  of('webhook_endpoint', 'secrets', kept('sealed; of a receiver, not of a person')),
  of('coupon_origin', 'taker_id', { how: 'SUBJECT', by: 'coupon_id' }),
  of('share', 'user_id', { how: 'USER' }),
  of('grant_member', 'user_id', { how: 'USER' }),
  of('customer', 'user_id', { how: 'DELETED' }),
  of('customer', 'birthday', { how: 'DELETED' }),
  of('customer', 'birthday_due_at', { how: 'DELETED' }),
  of('customer_event', 'user_id', { how: 'DELETED' }),
  of('grant_job', 'actor', kept(STAFF)),
  of('batch', 'author_id', kept(STAFF)),
  of('quote', 'body', kept('it is deleted 15 minutes after it was asked for')),
  of('erasure', 'actor', kept(STAFF)),
  of('erasure', 'user_hash', kept('a keyed hash: it answers whether somebody was erased')),
  of('erasure', 'user_sealed', kept('sealed, and gone with the end of the erasure')),
  of('job', 'progress', kept(NOBODY)),
  of('template_count', 'by_channel', kept(NOBODY)),
  of('template_simulation', 'actor', kept(STAFF)),
  of('template_simulation', 'summary', kept(NOBODY)),
  of('unfinished_count', 'tally', kept(NOBODY)),
  of('unfinished_count', 'after_user', kept('where a count goes on; gone when it is done')),
];
