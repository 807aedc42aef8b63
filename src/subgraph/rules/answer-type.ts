/**
 * In which of the two forms of GraphQL over HTTP an answer is written: the one that `Accept` wants more, JSON
 * where it wants neither. Apollo would refuse such a caller, but only once the operation was done: who has
 * claimed a coupon would be told of a bad request. And it reads `Accept` with so much care that it was a
 * fifteenth of a claim answered from memory (docs/performance.md).
 */
const JSON_FORM = 'application/json';
const GRAPHQL_FORM = 'application/graphql-response+json';

export const JSON_TYPE = `${JSON_FORM}; charset=utf-8`;
const GRAPHQL_TYPE = `${GRAPHQL_FORM}; charset=utf-8`;

/** @returns the content type of the answer */
export function answerType(accept = ''): string {
  // Most callers want one form, or whatever there is.
  if (!accept.includes(GRAPHQL_FORM)) return JSON_TYPE;
  const ranges = accept.split(',').map((range) => range.trim());
  const wishFor = (form: string): number => {
    const range = ranges.find((one) => one.split(';')[0]!.trimEnd() === form);
    if (range === undefined) return 0;
    return Number(/;\s*q=([\d.]+)/.exec(range)?.[1] ?? 1);
  };
  const [json, graphql] = [wishFor(JSON_FORM), wishFor(GRAPHQL_FORM)];
  if (graphql !== json) return graphql > json ? GRAPHQL_TYPE : JSON_TYPE;
  const isFirst = accept.indexOf(GRAPHQL_FORM) < accept.indexOf(JSON_FORM);
  return graphql > 0 && isFirst ? GRAPHQL_TYPE : JSON_TYPE;
}
