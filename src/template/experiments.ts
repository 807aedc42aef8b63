/**
 * The arms of experiments, and whose they are. An arm is a template that was approved, whatever became of it
 * since: a stopped arm keeps its users, or they would spoil the others. Rules of approved templates do not
 * change, so neither do weights.
 */
import { LRUCache } from 'lru-cache';
import {
  EXPERIMENT_ARMS_MAX,
  EXPERIMENTS_SHOWN_MAX,
  TEMPLATE_MEMORY_MS,
} from '../config/limits.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import type { Database } from '../storage/database.js';
import { pickArm, type Arm } from './rules/pick-arm.js';
import type { Template } from './template.types.js';

export const EXPERIMENT_SQL = {
  arms: `SELECT id, COALESCE(experiment_weight, 1) AS weight FROM template
    WHERE experiment = ? AND status IN ('APPROVED', 'ACTIVE', 'STOPPED', 'EXPIRED')
    ORDER BY id LIMIT ${EXPERIMENT_ARMS_MAX}`,
  running: `SELECT DISTINCT experiment FROM template
    WHERE status = 'ACTIVE' AND experiment IS NOT NULL ORDER BY experiment LIMIT ${EXPERIMENTS_SHOWN_MAX}`,
};

const EXPERIMENTS_IN_MEMORY_MAX = 1_000;

export class Experiments {
  private readonly arms = new LRUCache<string, Promise<readonly Arm[]>>({
    max: EXPERIMENTS_IN_MEMORY_MAX,
    ttl: TEMPLATE_MEMORY_MS,
  });

  constructor(private readonly database: Pick<Database, 'rows'>) {}

  /** NOT_TARGETED where the template is an arm and the user belongs to another. @throws DatabaseUnavailable */
  async notOwnArmBecause(
    { id, rules }: Pick<Template, 'id' | 'rules'>,
    userId: string,
  ): Promise<Rejection | undefined> {
    if (rules.experiment === null) return undefined;
    const own = pickArm(rules.experiment, await this.armsOf(rules.experiment), userId);
    return own === undefined || own === id ? undefined : rejection('NOT_TARGETED');
  }

  /** The arms that are this user's, of all experiments that run. @throws DatabaseUnavailable */
  async ownArms(userId: string): Promise<string[]> {
    const rows = await this.database.rows(EXPERIMENT_SQL.running);
    const names = rows.map((row) => String(row['experiment']));
    const own = await Promise.all(
      names.map(async (name) => pickArm(name, await this.armsOf(name), userId)),
    );
    return own.filter((id) => id !== undefined);
  }

  private armsOf(experiment: string): Promise<readonly Arm[]> {
    const known = this.arms.get(experiment);
    if (known !== undefined) return known;
    const coming = readArms(this.database, experiment);
    this.arms.set(experiment, coming);
    coming.catch(() => this.arms.delete(experiment));
    return coming;
  }
}

/** In the order in which they were written. @throws DatabaseUnavailable */
export async function readArms(
  database: Pick<Database, 'rows'>,
  experiment: string,
): Promise<Arm[]> {
  const rows = await database.rows(EXPERIMENT_SQL.arms, [experiment]);
  return rows.map((row) => ({ templateId: String(row['id']), weight: Number(row['weight']) }));
}
