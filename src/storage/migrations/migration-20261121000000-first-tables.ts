import { Migration } from '@mikro-orm/migrations';

/** The first tables. Only what MySQL and MariaDB both understand; no foreign keys (see docs/adr/0003). */
export class Migration20261121000000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists audit (
      subject_id char(26) collate ascii_bin not null,
      seq int not null,
      subject varchar(24) collate ascii_bin not null,
      at datetime(3) not null,
      actor varchar(128) collate ascii_bin not null,
      action varchar(24) collate ascii_bin not null,
      from_status varchar(24) collate ascii_bin null,
      to_status varchar(24) collate ascii_bin null,
      details mediumtext null,
      primary key (subject_id, seq)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists batch (
      id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      batch_no varchar(24) collate ascii_bin not null,
      total int not null,
      issued int not null default 0,
      used int not null default 0,
      status varchar(24) collate ascii_bin not null,
      created_at datetime(3) not null,
      primary key (id),
      unique key uk_batch_no (template_id, batch_no)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists coupon (
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
      primary key (id),
      key ix_coupon_wallet (user_id, id),
      key ix_coupon_usable (user_id, expires_at),
      key ix_coupon_expiry (status, expires_at),
      unique key uk_coupon_code (code),
      unique key uk_coupon_slot (template_id, user_id, slot),
      unique key uk_coupon_claim (user_id, claim_key),
      unique key uk_coupon_draw (template_id, draw_no)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists outbox (
      id char(26) collate ascii_bin not null,
      type varchar(24) collate ascii_bin not null,
      subject_id char(26) collate ascii_bin not null,
      payload mediumtext not null,
      created_at datetime(3) not null,
      delivered_at datetime(3) null,
      primary key (id),
      key ix_outbox_due (delivered_at, id),
      key ix_outbox_subject (subject_id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists quote (
      id varchar(64) collate ascii_bin not null,
      body mediumtext not null,
      expires_at datetime(3) not null,
      primary key (id),
      key ix_quote_expiry (expires_at)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists redemption (
      id char(26) collate ascii_bin not null,
      order_id varchar(128) collate ascii_bin not null,
      attempt int not null,
      live_order_id varchar(128) collate ascii_bin null,
      quote_id varchar(64) collate ascii_bin not null,
      user_id varchar(128) collate ascii_bin not null,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      currency char(3) collate ascii_bin not null,
      discount_minor bigint not null,
      refunded_minor bigint not null default '0',
      held_until datetime(3) null,
      snapshot mediumtext not null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      key ix_redemption_hold (status, held_until),
      unique key uk_redemption_live_order (live_order_id),
      unique key uk_redemption_attempt (order_id, attempt)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists redemption_coupon (
      redemption_id char(26) collate ascii_bin not null,
      position int not null,
      coupon_id char(26) collate ascii_bin not null,
      live_coupon_id char(26) collate ascii_bin null,
      discount_minor bigint not null,
      primary key (redemption_id, position),
      key ix_redemption_coupon (coupon_id),
      unique key uk_redemption_live_coupon (live_coupon_id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists redemption_line (
      redemption_id char(26) collate ascii_bin not null,
      position int not null,
      line_id varchar(128) collate ascii_bin not null,
      quantity int not null,
      subtotal_minor bigint not null,
      discount_minor bigint not null,
      refunded_quantity int not null default 0,
      refunded_minor bigint not null default '0',
      primary key (redemption_id, position)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists redemption_share (
      redemption_id char(26) collate ascii_bin not null,
      coupon_position int not null,
      line_position int not null,
      discount_minor bigint not null,
      primary key (redemption_id, coupon_position, line_position)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists refund (
      id char(26) collate ascii_bin not null,
      redemption_id char(26) collate ascii_bin not null,
      order_id varchar(128) collate ascii_bin not null,
      refund_key char(22) collate ascii_bin not null,
      fingerprint char(22) collate ascii_bin not null,
      refunded_lines mediumtext not null,
      discount_minor bigint not null,
      actor varchar(128) collate ascii_bin not null,
      created_at datetime(3) not null,
      primary key (id),
      key ix_refund_redemption (redemption_id),
      unique key uk_refund_key (order_id, refund_key)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists template (
      id char(26) collate ascii_bin not null,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      revision int not null,
      type varchar(24) collate ascii_bin not null,
      claim_method varchar(24) collate ascii_bin not null,
      search_text varchar(2000) not null,
      author_id varchar(128) collate ascii_bin not null,
      total_count int null,
      issued int not null default 0,
      epoch int not null default 0,
      seed char(32) collate ascii_bin not null,
      claim_from datetime(3) not null,
      claim_until datetime(3) not null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      key ix_template_status (status, id),
      key ix_template_claimable (status, claim_method, claim_until)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists template_version (
      template_id char(26) collate ascii_bin not null,
      version int not null,
      rules mediumtext not null,
      author_id varchar(128) collate ascii_bin not null,
      created_at datetime(3) not null,
      primary key (template_id, version)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists audit');
    this.addSql('drop table if exists batch');
    this.addSql('drop table if exists coupon');
    this.addSql('drop table if exists outbox');
    this.addSql('drop table if exists quote');
    this.addSql('drop table if exists redemption');
    this.addSql('drop table if exists redemption_coupon');
    this.addSql('drop table if exists redemption_line');
    this.addSql('drop table if exists redemption_share');
    this.addSql('drop table if exists refund');
    this.addSql('drop table if exists template');
    this.addSql('drop table if exists template_version');
  }
}
