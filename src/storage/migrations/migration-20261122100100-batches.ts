import { Migration } from '@mikro-orm/migrations';

/** Batches of codes. The table of that name was never written to, so it is made anew. */
export class Migration20261122100100 extends Migration {
  override up(): void {
    this.addSql('drop table if exists batch');
    this.addSql(`create table batch (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      batch_no varchar(24) collate ascii_bin not null,
      prefix varchar(24) collate ascii_bin not null,
      vanity_code varchar(24) collate ascii_bin null,
      vanity_key varchar(24) collate ascii_bin null,
      key_id varchar(24) collate ascii_bin not null,
      total int not null,
      issued int not null default 0,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      author_id varchar(128) collate ascii_bin not null,
      request_key char(22) collate ascii_bin not null,
      fingerprint char(22) collate ascii_bin not null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      unique key uk_batch_no (batch_no),
      unique key uk_batch_vanity (vanity_key),
      unique key uk_batch_request (author_id, request_key),
      key ix_batch_template (template_id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists batch_use (
      batch_id char(26) collate ascii_bin not null,
      part int not null,
      used int not null,
      primary key (batch_id, part)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists batch_use');
  }
}
