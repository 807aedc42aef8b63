import { Migration } from '@mikro-orm/migrations';

/** Numbers of committed reservations. Only adds: the version before goes on beside it. */
export class Migration20261122000000 extends Migration {
  override up(): void {
    this.addSql('alter table template add column committed_seq bigint not null default 0');
  }

  override down(): void {
    this.addSql('alter table template drop column committed_seq');
  }
}
