import { Migration } from '@mikro-orm/migrations';

/** The log of events, who has read how far, the endpoints, and what they did not take. Only adds. */
export class Migration20261122120000 extends Migration {
  override up(): void {
    this.addSql(`create table if not exists event_log (
      position bigint not null,
      outbox_id char(26) collate ascii_bin not null,
      type varchar(24) collate ascii_bin not null,
      subject_id char(26) collate ascii_bin not null,
      payload mediumtext not null,
      created_at datetime(3) not null,
      logged_at datetime(3) not null,
      primary key (position)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists event_cursor (
      name varchar(24) collate ascii_bin not null,
      position bigint not null,
      primary key (name)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`insert into event_cursor (name, position) values ('log', 0), ('stream', 0)
      on duplicate key update name = event_cursor.name`);
    this.addSql(`create table if not exists webhook_endpoint (
      id char(26) collate ascii_bin not null,
      url varchar(2048) not null,
      types mediumtext not null,
      status varchar(24) collate ascii_bin not null,
      version int not null,
      secrets mediumtext not null,
      position bigint not null,
      failing_since datetime(3) null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id)
    ) engine = InnoDB default character set utf8mb4`);
    this.addSql(`create table if not exists webhook_delivery (
      id char(26) collate ascii_bin not null,
      endpoint_id char(26) collate ascii_bin not null,
      event_id varchar(64) collate ascii_bin not null,
      subject_id char(26) collate ascii_bin not null,
      type varchar(24) collate ascii_bin not null,
      position bigint not null,
      ordinal int not null,
      body mediumtext not null,
      status varchar(24) collate ascii_bin not null,
      tries int not null default 0,
      next_at datetime(3) null,
      last_status int null,
      last_error varchar(200) null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      key ix_webhook_due (endpoint_id, status, next_at),
      key ix_webhook_subject (endpoint_id, subject_id, status, position, ordinal),
      key ix_webhook_dead (status, id),
      unique key uk_webhook_delivery (endpoint_id, event_id)
    ) engine = InnoDB default character set utf8mb4`);
  }

  override down(): void {
    this.addSql('drop table if exists webhook_delivery');
    this.addSql('drop table if exists webhook_endpoint');
    this.addSql('drop table if exists event_cursor');
    this.addSql('drop table if exists event_log');
  }
}
