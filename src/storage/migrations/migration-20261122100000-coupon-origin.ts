import { Migration } from '@mikro-orm/migrations';

/** Where coupons came from that were not simply claimed. Only adds. */
export class Migration20261122100000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists coupon_origin (
      coupon_id char(26) collate ascii_bin not null,
      way varchar(24) collate ascii_bin not null,
      origin_id char(26) collate ascii_bin not null,
      serial int null,
      primary key (coupon_id),
      unique key uk_coupon_origin (origin_id, serial)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists coupon_origin');
  }
}
