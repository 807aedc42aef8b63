import { Migration } from '@mikro-orm/migrations';

/** Counts that one run of the worker could not finish. */
export class Migration20261122140001 extends Migration {
  override up(): void {
    this.addSql(`create table unfinished_count (
      template_id char(26) collate ascii_bin not null,
      after_user varchar(128) collate ascii_bin not null,
      took_ms int not null,
      tally mediumtext not null,
      primary key (template_id)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table unfinished_count');
  }
}
