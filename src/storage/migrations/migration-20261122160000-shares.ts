import { Migration } from '@mikro-orm/migrations';

/** What users share, and who accepted it. Only adds. */
export class Migration20261122160000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists share (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      user_id varchar(128) collate ascii_bin not null,
      token char(22) collate ascii_bin not null,
      accept_limit int not null,
      places_left int not null,
      reward_template_id char(26) collate ascii_bin null,
      reward_status varchar(24) collate ascii_bin null,
      reward_coupon_id char(26) collate ascii_bin null,
      reward_refusal varchar(24) collate ascii_bin null,
      reward_settled_at datetime(3) null,
      created_at datetime(3) not null,
      primary key (id),
      unique key uk_share_token (token),
      unique key uk_share_user (template_id, user_id),
      key ix_share_owed (reward_status, places_left, id),
      key ix_share_list (template_id, id)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists share');
  }
}
