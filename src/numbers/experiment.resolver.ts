/** Experiments as operators see them. */
import { Arg, Query, Resolver } from 'type-graphql';
import type { Clock } from '../kernel/clock.js';
import { isExternalId } from '../kernel/external-id.js';
import type { Reader } from '../storage/database.js';
import { ExperimentObject, toExperiment } from './experiment.graphql.js';
import { readExperiment } from './read-experiment.js';

@Resolver(() => ExperimentObject)
export class ExperimentResolver {
  constructor(
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  @Query(() => ExperimentObject, {
    nullable: true,
    description: 'null: no template of this experiment was ever approved.',
  })
  async experiment(@Arg('name', () => String) name: string): Promise<ExperimentObject | null> {
    if (!isExternalId(name)) return null;
    const arms = await readExperiment(this.reader, this.clock, name);
    return arms === undefined ? null : toExperiment(name, arms, this.clock.nowMs());
  }
}
