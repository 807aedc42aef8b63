import { Migration } from '@mikro-orm/migrations';

/** The redemptions of one user, for erasing them. */
export class Migration20261122130001 extends Migration {
  override up(): void {
    this.addSql('alter table redemption add index ix_redemption_user (user_id, id)');
  }

  override down(): void {
    this.addSql('alter table redemption drop index ix_redemption_user');
  }
}
