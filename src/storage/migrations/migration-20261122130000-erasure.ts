import { Migration } from '@mikro-orm/migrations';

/** Erasures of users. */
export class Migration20261122130000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists erasure (
      id char(26) collate ascii_bin not null,
      status varchar(24) collate ascii_bin not null,
      erase_key char(22) collate ascii_bin not null,
      user_hash char(22) collate ascii_bin not null,
      user_sealed mediumtext null,
      pseudonym varchar(128) collate ascii_bin null,
      actor varchar(128) collate ascii_bin not null,
      reason varchar(500) not null,
      rows_changed int not null,
      requested_at datetime(3) not null,
      due_at datetime(3) not null,
      finished_at datetime(3) null,
      primary key (id),
      unique key uk_erasure_key (erase_key),
      key ix_erasure_user (user_hash, id),
      key ix_erasure_due (status, due_at)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists erasure');
  }
}
