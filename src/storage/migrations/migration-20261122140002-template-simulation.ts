import { Migration } from '@mikro-orm/migrations';

/** The last simulation of each version of a template. */
export class Migration20261122140002 extends Migration {
  override up(): void {
    this.addSql(`create table template_simulation (
      template_id char(26) collate ascii_bin not null,
      version int not null,
      simulated_at datetime(3) not null,
      actor varchar(128) collate ascii_bin not null,
      summary mediumtext not null,
      primary key (template_id, version)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table template_simulation');
  }
}
