/**
 * The column kinds of the tables. Text that is compared (ids, keys, codes) is `ascii_bin`: a general
 * collation would make "abc", "ABC" and "ábc" one code. Ids from outside are checked to be printable
 * ASCII without blanks before they come here, so padding cannot make two ids equal either.
 * Moments are DATETIME(3) in UTC; amounts are BIGINT minor units; JSON documents are text, which MySQL
 * and MariaDB treat alike.
 */
import { p } from '@mikro-orm/core';

const text = (column: string) => p.string().columnType(column).collation('ascii_bin');

/** An id made by the application (26 characters). */
export const id = () => text('char(26)');
/** An id from outside: user, order, line, product; at most EXTERNAL_ID_LENGTH characters. */
export const externalId = () => text('varchar(128)');
/** A 128-bit hash in base64url. */
export const hash = () => text('char(22)');
/** A word of a closed list. */
export const word = () => text('varchar(24)');
export const code = () => text('varchar(32)');
export const moment = () => p.datetime().columnType('datetime(3)');
export const minor = () => p.bigint('number').columnType('bigint');
export const count = () => p.integer().columnType('int');
export const json = () => p.text().columnType('mediumtext');
