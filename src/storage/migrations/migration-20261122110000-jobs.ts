import { Migration } from '@mikro-orm/migrations';

/** Jobs with their leases, progress and records. */
export class Migration20261122110000 extends Migration {
  override up(): void {
    this.addSql(`create table job (
      name varchar(64) collate ascii_bin not null,
      every_ms int not null,
      holder char(26) collate ascii_bin null,
      token bigint not null,
      leased_until datetime(3) null,
      due_at datetime(3) not null,
      last_run_at datetime(3) null,
      last_success_at datetime(3) null,
      lag_ms bigint null,
      handled bigint not null,
      progress mediumtext null,
      last_error varchar(500) null,
      created_at datetime(3) not null,
      primary key (name)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table job');
  }
}
