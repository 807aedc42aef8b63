import { Migration } from '@mikro-orm/migrations';

/** The quarantine of journal entries. Only adds. */
export class Migration20261122000001 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists quarantined_claim (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      user_id varchar(128) collate ascii_bin null,
      coupon_id char(26) collate ascii_bin null,
      fingerprint char(22) collate ascii_bin not null,
      reason varchar(500) not null,
      tries int not null,
      entry mediumtext not null,
      quarantined_at datetime(3) not null,
      primary key (id),
      unique key uk_quarantined_claim (fingerprint)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists quarantined_claim');
  }
}
