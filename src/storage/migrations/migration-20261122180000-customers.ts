import { Migration } from '@mikro-orm/migrations';

/** Customers, what was told of them, and what it gave. Only adds. */
export class Migration20261122180000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists customer (
      user_id varchar(128) collate ascii_bin not null,
      birthday varchar(24) collate ascii_bin null,
      level varchar(128) collate ascii_bin null,
      time_zone varchar(64) collate ascii_bin null,
      birthday_due_at datetime(3) null,
      occurred_at datetime(3) not null,
      primary key (user_id),
      key ix_customer_birthday (birthday_due_at, user_id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists customer_event (
      id char(26) collate ascii_bin not null,
      event_key char(22) collate ascii_bin not null,
      fingerprint char(22) collate ascii_bin not null,
      type varchar(24) collate ascii_bin not null,
      user_id varchar(128) collate ascii_bin not null,
      status varchar(24) collate ascii_bin not null,
      occurred_at datetime(3) not null,
      recorded_at datetime(3) not null,
      primary key (id),
      unique key uk_customer_event (event_key),
      key ix_customer_event_user (user_id, id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists customer_event_grant (
      event_id char(26) collate ascii_bin not null,
      template_id char(26) collate ascii_bin not null,
      coupon_id char(26) collate ascii_bin null,
      refusal varchar(24) collate ascii_bin null,
      primary key (event_id, template_id)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists customer_event_grant');
    this.addSql('drop table if exists customer_event');
    this.addSql('drop table if exists customer');
  }
}
