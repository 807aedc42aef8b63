import { Migration } from '@mikro-orm/migrations';

/** How many codes a template's batches have together. Only adds. */
export class Migration20261122100200 extends Migration {
  override up(): void {
    this.addSql('alter table template add column code_count int not null default 0');
  }

  override down(): void {
    this.addSql('alter table template drop column code_count');
  }
}
