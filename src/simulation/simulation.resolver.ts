/** Simulations in the graph: operators run them, and reviewers see the last one of the version. */
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { Database } from '../storage/database.js';
import { TemplateObject } from '../template/template.graphql.js';
import type { SimulateTemplate } from './simulate-template.js';
import {
  SimulateTemplateInput,
  SimulationObject,
  SimulationResult,
  toSimulation,
} from './simulation.graphql.js';
import { readSimulation } from './simulation.store.js';

@Resolver(() => TemplateObject)
export class SimulationResolver {
  constructor(
    private readonly simulate: SimulateTemplate,
    private readonly database: Database,
  ) {}

  @Mutation(() => SimulationResult, {
    description:
      'Runs a template, stored or not, over past orders; the last result of a stored one stays with its version.',
  })
  async simulateTemplate(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => SimulateTemplateInput) input: SimulateTemplateInput,
  ): Promise<unknown> {
    const { templateId = null, template = null, orders = null, from = null, until = null } = input;
    const result = await this.simulate.run(caller, {
      templateId,
      template,
      orders:
        orders?.map(({ heldTemplateIds, ...cart }) => ({
          ...cart,
          heldTemplateIds: heldTemplateIds ?? [],
        })) ?? null,
      fromMs: from,
      untilMs: until,
    });
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'TemplateSimulated', simulation: toSimulation(result.value) };
  }

  @FieldResolver(() => SimulationObject, {
    nullable: true,
    description: 'The last simulation of this version.',
  })
  async simulation(@Root() { template }: TemplateObject): Promise<SimulationObject | null> {
    const simulation = await readSimulation(this.database, template);
    return simulation === undefined ? null : toSimulation(simulation);
  }
}
