/**
 * The contract is what other teams build on: whatever the service adds, everything in the contract keeps
 * its name and its type. Directives are left out; only the words of the schema are compared.
 */
import { readFile } from 'node:fs/promises';
import {
  buildASTSchema,
  findBreakingChanges,
  Kind,
  parse,
  print,
  visit,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { emitSdl } from '../../src/subgraph/emit-sdl.js';

const contract = await readFile(new URL('contract.graphql', import.meta.url), 'utf8');
const kept = await readFile(new URL('../../schema/coupons.graphql', import.meta.url), 'utf8');

describe('the schema', () => {
  it('contains the contract', async () => {
    expect(findBreakingChanges(schemaOf(contract), schemaOf(await emitSdl()))).toEqual([]);
  });

  it('is kept in schema/coupons.graphql as the code says it (npm run schema:emit)', async () => {
    expect(kept).toBe(await emitSdl());
  });

  it('would be noticed without a field of the contract', () => {
    const without = visit(parse(kept), {
      FieldDefinition: ({ name }) => (name.value === 'redemption' ? null : undefined),
    });
    const changes = findBreakingChanges(schemaOf(contract), schemaOf(print(without)));
    expect(changes.map(({ description }) => description)).toContain(
      'Order.redemption was removed.',
    );
  });

  it('calls its moments DateTime', () => {
    const names = Object.keys(schemaOf(kept).getTypeMap());
    expect(names.filter((name) => name.startsWith('DateTime'))).toEqual(['DateTime']);
  });
});

/** Without directives, which need the definitions of federation. */
function schemaOf(sdl: string): GraphQLSchema {
  const document: DocumentNode = visit(parse(sdl), {
    Directive: () => null,
    SchemaExtension: () => null,
  });
  const definitions = document.definitions.filter(({ kind }) => kind !== Kind.SCHEMA_EXTENSION);
  return buildASTSchema({ ...document, definitions });
}
