/**
 * Every column whose text is sealed. The sealer takes no other place, so none can be forgotten when a key
 * is replaced: `npm run rotate:keys` goes through this list.
 */
export const SEALED_COLUMNS = [
  // What stood in a journal entry that was set aside: a user, a code, or whatever a broken process wrote.
  { table: 'quarantined_claim', column: 'entry', key: 'id' },
  // What signs the webhooks of an endpoint.
  { table: 'webhook_endpoint', column: 'secrets', key: 'id' },
  // Who is being erased, until it is done.
  { table: 'erasure', column: 'user_sealed', key: 'id' },
] as const;

export type SealedColumn = (typeof SEALED_COLUMNS)[number];

/** Where a sealed text belongs; it opens nowhere else. */
export type Place = {
  [Column in SealedColumn as Column['table']]: Readonly<Pick<Column, 'table' | 'column'>> & {
    readonly rowId: string;
  };
}[SealedColumn['table']];
