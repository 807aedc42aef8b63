import { Migration } from '@mikro-orm/migrations';

/** Risk denials of a template, added up by the minute. */
export class Migration20261122010000 extends Migration {
  override up(): void {
    this.addSql(`create table risk_denial (
      template_id char(26) collate ascii_bin not null,
      minute datetime(3) not null,
      denied int not null,
      primary key (template_id, minute)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table risk_denial');
  }
}
