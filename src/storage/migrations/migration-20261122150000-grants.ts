import { Migration } from '@mikro-orm/migrations';

/** Grants, the users of their lists, and lists that are on their way in. Only adds. */
export class Migration20261122150000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists grant_job (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      actor varchar(128) collate ascii_bin not null,
      grant_key char(22) collate ascii_bin not null,
      fingerprint char(22) collate ascii_bin not null,
      reason varchar(500) not null,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      requested int not null,
      duplicates int not null,
      granted int not null default 0,
      refused int not null default 0,
      has_work int not null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      unique key uk_grant_key (actor, grant_key),
      key ix_grant_work (has_work, id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists grant_member (
      grant_id char(26) collate ascii_bin not null,
      position int not null,
      user_id varchar(128) collate ascii_bin not null,
      state varchar(24) collate ascii_bin not null,
      refusal varchar(24) collate ascii_bin null,
      primary key (grant_id, position),
      unique key uk_grant_member (user_id, grant_id),
      key ix_grant_member_state (grant_id, state, position)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists grant_upload (
      id char(26) collate ascii_bin not null,
      started_at datetime(3) not null,
      primary key (id),
      key ix_grant_upload_age (started_at)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists grant_upload');
    this.addSql('drop table if exists grant_member');
    this.addSql('drop table if exists grant_job');
  }
}
