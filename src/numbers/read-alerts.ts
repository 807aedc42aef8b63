/** What an operator should look at now, from counters and what the workers left; no coupon is read for it. */
import type { Clock } from '../kernel/clock.js';
import { requireInput } from '../kernel/input-error.js';
import type { Reader } from '../storage/database.js';
import type { Alert, WatchedJob, WorstTemplates } from './alert.types.js';
import { readNumbers, NUMBERS_SQL } from './read-numbers.js';
import { judgeAlerts } from './rules/judge-alerts.js';

export class ReadAlerts {
  constructor(
    private readonly reader: Reader,
    private readonly clock: Clock,
    private readonly readJobs: () => Promise<readonly WatchedJob[]>,
  ) {}

  /** @throws InputError · DatabaseUnavailable */
  async run(lowStockBelow: number): Promise<Alert[]> {
    requireInput(lowStockBelow > 0 && lowStockBelow <= 1, 'lowStockBelow', 'is not in (0, 1]');
    return judgeAlerts({
      numbers: await readNumbers(this.reader, this.clock),
      worst: await this.readWorst(),
      jobs: await this.readJobs(),
      nowMs: this.clock.nowMs(),
      lowStockBelow,
    });
  }

  private async readWorst(): Promise<WorstTemplates> {
    const ids = async (statement: string) =>
      (await this.reader.rows(statement)).map((row) => String(row['id']));
    return {
      unused: await ids(NUMBERS_SQL.mostUnused),
      expiring: await ids(NUMBERS_SQL.mostExpiring),
    };
  }
}
