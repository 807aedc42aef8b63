/**
 * A journal entry, read back: by the process that wrote it or by another, of this version of the service,
 * the one before or the one after.
 *
 * Promise: an entry that is understood is understood whole; fields of a newer version are ignored where
 * the version says that they may be. Anything else is told with a reason, and nothing is guessed.
 */
import type { Template } from '../../template/template.types.js';
import { subStocksOf } from '../../template/rules/sub-stocks.js';
import { OPEN, type ClaimDraft, type GateTag, type Reservation, type Via } from '../claim.types.js';
import { faceValueOf, isDraw } from './draw-amount.js';

/**
 * The newest version that is read. Raised when an older reader could no longer understand an entry; new
 * fields alone do not raise it. An entry bears the lowest version that understands it whole:
 * 1 claims of the open way; 2 those of another way, whose guard version 1 would leave out.
 */
export const ENTRY_VERSION = 2;

/** The version of the entry that a draft becomes. */
export function entryVersionOf({ via }: Pick<ClaimDraft, 'via'>): number {
  return via.kind === 'OPEN' ? 1 : 2;
}

/** As Redis hands it out: its id and its fields as a flat list of names and values. */
export type Entry = readonly [id: string, fields: readonly string[]];

export type ReadEntry =
  | { readonly ok: true; readonly reservation: Reservation; readonly tries: number }
  | { readonly ok: false; readonly reason: string };

/** @param tag the gate in whose journal it is */
export function readEntry(template: Template, tag: GateTag, [journalId, list]: Entry): ReadEntry {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) fields.set(list[i]!, list[i + 1]!);
  const version = Number(fields.get('v') ?? 0);
  if (!(version <= ENTRY_VERSION)) return unreadable(`version ${fields.get('v')} is not known`);
  const draft = readDraft(fields.get('draft'));
  if (draft === undefined) return unreadable('the draft is not readable');
  if (draft.templateId !== template.id) return unreadable('the draft is of another template');
  const epoch = readCount(fields.get('epoch'));
  const slot = readCount(fields.get('slot'));
  const drawNo = fields.get('draw') ? readCount(fields.get('draw')) : null;
  // The version before numbered nothing.
  const seq = readCount(fields.get('seq') ?? '0');
  const isWhole =
    epoch !== undefined &&
    slot !== undefined &&
    slot > 0 &&
    seq !== undefined &&
    drawNo !== undefined;
  if (!isWhole) return unreadable('a number is missing or is none');
  if ((drawNo === null) !== (template.rules.redPacket === null))
    return unreadable('a draw number is missing or is too much');
  if (!isDraw(template.rules, drawNo)) return unreadable('there is no such draw');
  return {
    ok: true,
    tries: readCount(fields.get('tries') ?? '0') ?? 0,
    reservation: {
      draft,
      tag,
      journalId,
      epoch,
      seq: subStocksOf(template.rules) === 1 ? seq : 0,
      slot,
      drawNo,
      faceValueMinor: faceValueOf(template, drawNo),
      mayExist: true,
    },
  };
}

function unreadable(reason: string): ReadEntry {
  return { ok: false, reason };
}

const TEXTS = ['couponId', 'templateId', 'userId', 'claimKey', 'claimFingerprint', 'code'] as const;
const NUMBERS = ['templateVersion', 'claimedAtMs', 'validFromMs', 'expiresAtMs'] as const;

function readDraft(text: string | undefined): ClaimDraft | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const draft = value as Record<string, unknown>;
  const via = readVia(draft['via']);
  const isWhole =
    via !== undefined &&
    TEXTS.every((name) => typeof draft[name] === 'string') &&
    NUMBERS.every((name) => Number.isSafeInteger(draft[name])) &&
    (draft['channel'] === null || typeof draft['channel'] === 'string');
  return isWhole ? { ...(value as ClaimDraft), via } : undefined;
}

/** The version before knew the open way alone and did not say so. */
function readVia(value: unknown): Via | undefined {
  if (value === undefined) return OPEN;
  const { kind, originId, serial } = (value ?? {}) as Record<string, unknown>;
  if (kind === 'OPEN') return OPEN;
  if (typeof originId !== 'string') return undefined;
  if (kind === 'SHARE' || kind === 'GRANT' || kind === 'TRIGGER') return { kind, originId };
  const isSerial = serial === null || (Number.isSafeInteger(serial) && Number(serial) >= 0);
  return kind === 'CODE' && isSerial
    ? { kind, originId, serial: serial as number | null }
    : undefined;
}

function readCount(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && text !== '' && Number.isSafeInteger(value) && value >= 0
    ? value
    : undefined;
}
