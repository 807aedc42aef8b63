import { Migration } from '@mikro-orm/migrations';

/** Which epoch was raised to open a gate. Only adds: the version before goes on beside it. */
export class Migration20261122170000 extends Migration {
  override up(): void {
    this.addSql('alter table template add column rebuilt_epoch int not null default 0');
  }

  override down(): void {
    this.addSql('alter table template drop column rebuilt_epoch');
  }
}
