import { Migration } from '@mikro-orm/migrations';

/** The shares of a user, for the day the user is erased. */
export class Migration20261122171000 extends Migration {
  override up(): void {
    this.addSql('alter table share add index ix_share_user (user_id)');
  }

  override down(): void {
    this.addSql('alter table share drop index ix_share_user');
  }
}
