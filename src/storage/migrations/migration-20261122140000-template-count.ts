import { Migration } from '@mikro-orm/migrations';

/** What became of a template's coupons, as counted last. */
export class Migration20261122140000 extends Migration {
  override up(): void {
    this.addSql(`create table template_count (
      template_id char(26) collate ascii_bin not null,
      counted_at datetime(3) not null,
      due_at datetime(3) not null,
      took_ms int not null,
      unused int not null,
      held int not null,
      used int not null,
      expired int not null,
      frozen int not null,
      revoked int not null,
      expiring int not null,
      discount_given_minor bigint not null,
      by_channel mediumtext not null,
      primary key (template_id),
      key ix_template_count_due (due_at)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table template_count');
  }
}
