/** Query and Mutation from their decorators: each argument where it belongs, and nothing that is not understood. */
import 'reflect-metadata';
import {
  Arg,
  Ctx,
  Field,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  UseMiddleware,
  buildSchema,
} from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { rootResolvers } from '../../src/subgraph/root-resolvers.js';

@InputType('Inner')
class Inner {
  @Field(() => Int) amount!: number;
}

@InputType('Outer')
class Outer {
  @Field(() => [Inner]) inners!: Inner[];
}

@Resolver()
class Plain {
  readonly name = 'plain';

  @Query(() => String)
  order(
    @Arg('second', () => Int) second: number,
    @Ctx() context: unknown,
    @Arg('first', () => Int, { nullable: true }) first?: number,
  ): string {
    return JSON.stringify([this.name, second, context, first]);
  }

  @Mutation(() => Int)
  sum(@Arg('input', () => Outer) input: Outer): number {
    return input.inners.reduce((total, { amount }) => total + amount, 0);
  }
}

@Resolver()
class WithRoot {
  @Query(() => Int)
  root(@Root() root: unknown): number {
    return Number(root);
  }
}

@Resolver()
class WithMiddleware {
  @Query(() => Int)
  @UseMiddleware((_data, next) => next())
  wrapped(): number {
    return 1;
  }
}

async function fieldsOf(...classes: readonly (new () => object)[]) {
  const instances = new Map(classes.map((someClass) => [someClass, new someClass()]));
  await buildSchema({
    resolvers: classes as unknown as [Function],
    validate: false,
    skipCheck: true,
  });
  return rootResolvers(instances);
}

describe('a root field', () => {
  it('is its own instance’s method, with each argument and the context in their places', async () => {
    const { Query: fields } = await fieldsOf(Plain);
    const answer = fields['order']!(
      undefined,
      { first: 1, second: 2 },
      { a: 1 },
      undefined as never,
    );
    expect(JSON.parse(String(answer))).toEqual(['plain', 2, { a: 1 }, 1]);
  });

  it('takes its input as it is, lists in it too', async () => {
    const { Mutation: fields } = await fieldsOf(Plain);
    const input = { inners: [{ amount: 1 }, { amount: 2 }] };
    expect(fields['sum']!(undefined, { input }, {}, undefined as never)).toBe(3);
  });

  it('of a class that has no instance here is not there', async () => {
    await fieldsOf(Plain);
    expect(rootResolvers(new Map())).toEqual({ Query: {}, Mutation: {} });
  });

  it.each([
    [WithRoot, 'root: no root field has a parameter of the kind root yet'],
    [WithMiddleware, 'wrapped: access.ts says who may ask'],
  ])('with a decorator that is not known is an error at the start: %o', async (odd, message) => {
    await expect(fieldsOf(Plain, odd)).rejects.toThrow(message);
  });
});
