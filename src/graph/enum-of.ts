import { registerEnumType } from 'type-graphql';

/** The enum of a closed list of words: in the graph a word is its own value. */
export function enumOf<const Words extends readonly string[]>(
  name: string,
  words: Words,
  description = '',
): { [Word in Words[number]]: Word } {
  const values = Object.fromEntries(words.map((word) => [word, word])) as {
    [Word in Words[number]]: Word;
  };
  registerEnumType(values, { name, ...(description ? { description } : {}) });
  return values;
}
