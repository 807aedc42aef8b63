import { Migration } from '@mikro-orm/migrations';

/** Who took of an origin that gives each user one. The version before writes none, and has no such origin. */
export class Migration20261122160001 extends Migration {
  override up(): void {
    this.addSql(`alter table coupon_origin
      add column taker_id varchar(128) collate ascii_bin null,
      add unique key uk_coupon_origin_taker (origin_id, taker_id)`);
  }

  override down(): void {
    this.addSql('alter table coupon_origin drop key uk_coupon_origin_taker, drop column taker_id');
  }
}
