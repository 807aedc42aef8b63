/** Alerts as operators see them who have no Prometheus before them. */
import { Arg, Float, Query, Resolver } from 'type-graphql';
import { LOW_STOCK_ALERT_SHARE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { TemplateObject } from '../template/template.graphql.js';
import { AlertObject } from './alert.graphql.js';
import type { ReadAlerts } from './read-alerts.js';

@Resolver(() => AlertObject)
export class AlertResolver {
  constructor(
    private readonly readAlerts: ReadAlerts,
    private readonly catalog: TemplateCatalog,
    private readonly clock: Clock,
  ) {}

  @Query(() => [AlertObject], {
    description:
      'What should be looked at now, the most severe first. lowStockBelow: the share of a total.',
  })
  async alerts(
    @Arg('lowStockBelow', () => Float, { nullable: true, defaultValue: LOW_STOCK_ALERT_SHARE })
    lowStockBelow: number | null,
  ): Promise<AlertObject[]> {
    const alerts = await this.readAlerts.run(lowStockBelow ?? LOW_STOCK_ALERT_SHARE);
    return Promise.all(
      alerts.map(async ({ templateIds, ...rest }) => ({
        ...rest,
        templates: await this.templatesOf(templateIds),
      })),
    );
  }

  private async templatesOf(ids: readonly string[]): Promise<TemplateObject[]> {
    const templates = await Promise.all(ids.map((id) => this.catalog.byId(id)));
    const nowMs = this.clock.nowMs();
    return templates
      .filter((template) => template !== undefined)
      .map((template) => new TemplateObject(template, nowMs));
  }
}
