import { Migration } from '@mikro-orm/migrations';

/** Which experiment a template is an arm of, to be found by it. Only adds. */
export class Migration20261122160002 extends Migration {
  override up(): void {
    this.addSql(`alter table template
      add column experiment varchar(128) collate ascii_bin null,
      add column experiment_weight int null,
      add key ix_template_experiment (experiment, status)`);
    this.addSql(`update template t join template_version v
        on v.template_id = t.id and v.version = t.version
      set t.experiment = json_unquote(json_extract(v.rules, '$.experiment')),
        t.experiment_weight = nullif(json_unquote(json_extract(v.rules, '$.experimentWeight')), 'null')
      where json_type(json_extract(v.rules, '$.experiment')) = 'STRING'`);
  }

  override down(): void {
    this.addSql(`alter table template drop key ix_template_experiment,
      drop column experiment_weight, drop column experiment`);
  }
}
