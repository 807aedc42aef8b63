/** What an operator asks for, checked: how many codes, or one word that many people may use. */
import { CODES_PER_BATCH_MAX, IDEMPOTENCY_KEY_LENGTH_MAX } from '../../config/limits.js';
import { digest } from '../../kernel/digest.js';
import { requireInput } from '../../kernel/input-error.js';
import { requireLength } from '../../kernel/require-length.js';
import { PREFIX_LENGTH_MAX, WORD_LENGTH_MAX } from './code-text.js';

export interface BatchRequest {
  readonly templateId: string;
  readonly count: number;
  readonly prefix?: string | null | undefined;
  readonly vanityCode?: string | null | undefined;
  readonly idempotencyKey: string;
}

export interface BatchInput {
  readonly templateId: string;
  readonly total: number;
  /** Empty: none. */
  readonly prefix: string;
  readonly vanityCode: string | null;
  readonly requestKey: string;
  readonly fingerprint: string;
}

/** A shorter word is found by trying. */
const WORD_LENGTH_MIN = 4;

/** @throws InputError naming the field */
export function readBatchRequest(request: BatchRequest): BatchInput {
  const { templateId, count, idempotencyKey } = request;
  requireInput(
    count >= 1 && count <= CODES_PER_BATCH_MAX,
    'input.count',
    `must be 1 to ${CODES_PER_BATCH_MAX}`,
  );
  requireLength(idempotencyKey, 'input.idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
  const vanityCode = readWord(
    request.vanityCode,
    'input.vanityCode',
    WORD_LENGTH_MIN,
    WORD_LENGTH_MAX,
  );
  const prefix = readWord(request.prefix, 'input.prefix', 1, PREFIX_LENGTH_MAX) ?? '';
  requireInput(
    vanityCode === null || prefix === '',
    'input.prefix',
    'goes with codes of one person each, not with a vanity code',
  );
  return {
    templateId,
    total: count,
    prefix,
    vanityCode,
    requestKey: digest(idempotencyKey),
    fingerprint: digest('generateCodes', templateId, String(count), prefix, vanityCode ?? ''),
  };
}

function readWord(
  text: string | null | undefined,
  field: string,
  least: number,
  most: number,
): string | null {
  if (text === null || text === undefined) return null;
  const word = text.toUpperCase().replace(/[\s-]/g, '');
  const isWord = /^[0-9A-Z]*$/.test(word) && word.length >= least && word.length <= most;
  requireInput(isWord, field, `must be ${least} to ${most} letters (A to Z) and digits`);
  return word;
}
