/**
 * In which of the two forms of GraphQL over HTTP an answer is written: the one that `Accept` wants more, JSON
 * where it wants neither. Apollo would refuse such a caller, but only once the operation was done: who has
 * claimed a coupon would be told of a bad request.
 */
const JSON_ANSWER = 'application/json';
const GRAPHQL_ANSWER = 'application/graphql-response+json';

/** @returns a header Accept that can be met */
export function answerType(accept = ''): string {
  // Most callers want one form, or whatever there is.
  if (!accept.includes(GRAPHQL_ANSWER)) return JSON_ANSWER;
  const ranges = accept.split(',').map((range) => range.trim());
  const wishFor = (type: string): number => {
    const range = ranges.find((one) => one.split(';')[0]!.trimEnd() === type);
    if (range === undefined) return 0;
    return Number(/;\s*q=([\d.]+)/.exec(range)?.[1] ?? 1);
  };
  const [json, graphql] = [wishFor(JSON_ANSWER), wishFor(GRAPHQL_ANSWER)];
  if (graphql !== json) return graphql > json ? GRAPHQL_ANSWER : JSON_ANSWER;
  const isFirst = accept.indexOf(GRAPHQL_ANSWER) < accept.indexOf(JSON_ANSWER);
  return graphql > 0 && isFirst ? GRAPHQL_ANSWER : JSON_ANSWER;
}
