/**
 * How a server is asked for its place in the binary log, and a replica to wait for it. MariaDB and MySQL have
 * the same two things under other names.
 */
export interface ReplicationWords {
  /** On the primary: one row with `text`, which has every commit that was answered. Empty: there is no log. */
  readonly position: string;
  /** On a replica, of a position and seconds: `waited` is 0 where it has all of that, else the time is over. */
  readonly wait: string;
}

/** @param version what VERSION() says */
export function replicationWords(version: string): ReplicationWords {
  return version.includes('MariaDB')
    ? {
        position: 'SELECT @@GLOBAL.gtid_binlog_pos AS text',
        wait: 'SELECT MASTER_GTID_WAIT(?, ?) AS waited',
      }
    : {
        position: 'SELECT @@GLOBAL.gtid_executed AS text',
        wait: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS waited',
      };
}
