/** Operators look at the jobs of all workers. */
import { Query, Resolver } from 'type-graphql';
import type { Database } from '../storage/database.js';
import { readJobs } from './frame/job.store.js';
import { JobObject, toJobObject } from './jobs.graphql.js';

@Resolver(() => JobObject)
export class JobsResolver {
  constructor(private readonly database: Pick<Database, 'rows'>) {}

  @Query(() => [JobObject], { description: 'All jobs that ever ran here, by name.' })
  async jobs(): Promise<JobObject[]> {
    return (await readJobs(this.database)).map(toJobObject);
  }
}
