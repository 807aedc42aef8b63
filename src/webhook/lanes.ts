/** Runs work for each item, some at a time; what one lane has in hand never waits for another's. */
export async function inLanes<Item, Outcome>(
  lanes: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [i, item] of rest) outcomes[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return outcomes;
}
