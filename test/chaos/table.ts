/** The table at the end of a run. */
export interface Row {
  readonly name: string;
  readonly isOk: boolean;
  readonly tookS: number;
  readonly figures: string;
}

/** @returns whether every promise held */
export function printTable(rows: readonly Row[]): boolean {
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log('');
  for (const { name, isOk, tookS, figures } of rows)
    console.log(
      `${isOk ? 'held  ' : 'BROKEN'}  ${name.padEnd(width)}  ${tookS.toFixed(0).padStart(5)} s  ${figures}`,
    );
  const broken = rows.filter((row) => !row.isOk).length;
  console.log(`${rows.length - broken} of ${rows.length} scenarios held every promise`);
  return broken === 0;
}
