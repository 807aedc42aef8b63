/** The numbers of a template as the graph shows them. */
import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Clock } from '../kernel/clock.js';
import type { Reader } from '../storage/database.js';
import { TemplateObject } from '../template/template.graphql.js';
import { readTemplateStats } from './read-template-stats.js';
import { TemplateStatsObject, toStats } from './stats.graphql.js';

@Resolver(() => TemplateObject)
export class TemplateStatsResolver {
  constructor(
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  @FieldResolver(() => TemplateStatsObject, {
    nullable: true,
    description: 'null: a large template that was not counted yet.',
  })
  async stats(@Root() { template }: TemplateObject): Promise<TemplateStatsObject | null> {
    const stats = await readTemplateStats(this.reader, this.clock, template);
    return stats === undefined ? null : toStats(stats, template.rules.currency);
  }
}
