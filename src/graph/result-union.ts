/** What every mutation answers: its success, or a Rejection. Values say which by their `__typename`. */
import { createUnionType, type ClassType } from 'type-graphql';
import { RejectionObject } from './rejection.graphql.js';

/** @param success the success type, handed in as a function because the two files may know each other */
export function resultUnion<Success extends object>(
  name: string,
  success: () => ClassType<Success>,
) {
  return createUnionType({
    name,
    types: () => [success(), RejectionObject] as const,
    resolveType: (value) => (value as { readonly __typename?: string }).__typename,
  });
}
