import { Migration } from '@mikro-orm/migrations';

/** Where coupons go that are long over. The columns are those of the table coupon, and two more. */
export class Migration20261122110002 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists coupon_archive (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      template_version int not null,
      user_id varchar(128) collate ascii_bin not null,
      slot int not null,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      code varchar(32) collate ascii_bin not null,
      claim_key char(22) collate ascii_bin not null,
      claim_fingerprint char(22) collate ascii_bin not null,
      channel varchar(128) collate ascii_bin null,
      batch_id char(26) collate ascii_bin null,
      face_value_minor bigint null,
      draw_no int null,
      claimed_at datetime(3) not null,
      valid_from datetime(3) not null,
      expires_at datetime(3) not null,
      held_until datetime(3) null,
      redemption_id char(26) collate ascii_bin null,
      order_id varchar(128) collate ascii_bin null,
      used_at datetime(3) null,
      discount_minor bigint null,
      archived_at datetime(3) not null,
      audit_purged_at datetime(3) null,
      primary key (id),
      unique key uk_archive_code (code),
      unique key uk_archive_slot (template_id, user_id, slot),
      unique key uk_archive_claim (user_id, claim_key),
      unique key uk_archive_draw (template_id, draw_no),
      key ix_archive_wallet (user_id, id),
      key ix_archive_audit (status, audit_purged_at, archived_at)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists archived_count (
      template_id char(26) collate ascii_bin not null,
      status varchar(24) collate ascii_bin not null,
      channel varchar(128) collate ascii_bin not null,
      coupons int not null,
      discount_minor bigint not null,
      primary key (template_id, status, channel)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists archived_count');
    this.addSql('drop table if exists coupon_archive');
  }
}
