import { Migration } from '@mikro-orm/migrations';

/** Marks of coupons whose owner was told that they will expire. */
export class Migration20261122110001 extends Migration {
  override up(): void {
    this.addSql(`create table coupon_reminder (
      coupon_id char(26) collate ascii_bin not null,
      expires_at datetime(3) not null,
      reminded_at datetime(3) not null,
      primary key (coupon_id),
      key ix_reminder_expiry (expires_at)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table coupon_reminder');
  }
}
