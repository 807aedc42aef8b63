/** What operators see of the guard. */
import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Database } from '../storage/database.js';
import { TemplateObject } from '../template/template.graphql.js';
import { readDenials } from './denial.store.js';
import { RiskDenialsObject } from './guard.graphql.js';

@Resolver(() => TemplateObject)
export class TemplateDenialsResolver {
  constructor(private readonly database: Database) {}

  @FieldResolver(() => [RiskDenialsObject], {
    nullable: true,
    description: 'Minutes in which claims were refused for their risk, newest first.',
  })
  async riskDenials(@Root() { id }: TemplateObject): Promise<RiskDenialsObject[]> {
    const rows = await readDenials(this.database, id);
    return rows.map(({ minuteMs, denied }) => ({ minute: minuteMs, denied }));
  }
}
