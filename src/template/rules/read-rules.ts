/**
 * Turns what an operator sends into rules, or an InputError that names the field. Every field that does
 * not belong to the type must be absent: a rule that is silently ignored is a rule that somebody relied on.
 */
import { IANAZone } from 'luxon';
import {
  AUDIENCE_MAX,
  CLAIM_LIMIT_MAX,
  NAME_LENGTH_MAX,
  NAMES_MAX,
  PER_USER_LIMIT_MAX,
  SCOPE_IDS_MAX,
  SUB_STOCKS_MAX,
  TOTAL_COUNT_MAX,
} from '../../config/limits.js';
import { isCurrency } from '../../kernel/currency.js';
import { readExternalId } from '../../kernel/external-id.js';
import { isId } from '../../kernel/ids.js';
import { requireInput } from '../../kernel/input-error.js';
import { isSameLanguage } from '../../kernel/language.js';
import type {
  LocalizedName,
  TemplateLimits,
  TemplateRules,
  UsageScope,
  Validity,
} from '../template.types.js';
import { readDiscount } from './read-discount.js';
import type { RulesInput } from './rules-input.js';

/** @throws InputError naming the field under `at` */
export function readRules(input: RulesInput, at = 'input'): TemplateRules {
  requireInput(isCurrency(input.currency), `${at}.currency`, 'is not an ISO 4217 code');
  const totalCount = input.totalCount ?? null;
  requireInRange(totalCount, 1, TOTAL_COUNT_MAX, `${at}.totalCount`);
  const perUserLimit = input.perUserLimit ?? 1;
  requireInRange(perUserLimit, 1, PER_USER_LIMIT_MAX, `${at}.perUserLimit`);
  requireInput(input.claimFrom < input.claimUntil, `${at}.claimUntil`, 'must be after claimFrom');
  const priority = input.priority ?? 0;
  requireInRange(priority, -1_000_000, 1_000_000, `${at}.priority`);
  return {
    ...readDiscount(input, totalCount, at),
    ...readIssuing(input, at),
    names: readNames(input.names, at),
    currency: input.currency,
    scope: readScope(input.scope, at),
    stackStrategy: input.stackStrategy ?? 'NONE',
    priority,
    exclusionGroup: readNullableId(input.exclusionGroup, `${at}.exclusionGroup`),
    userLevels: readIds(input.userLevels, `${at}.userLevels`, SCOPE_IDS_MAX),
    totalCount,
    perUserLimit,
    ...readSubStocks(input, at),
    claimFromMs: input.claimFrom,
    claimUntilMs: input.claimUntil,
    validity: readValidity(input.validity, at),
  };
}

/** Nothing where the stock is not split: most rules never speak of it. */
function readSubStocks(input: RulesInput, at: string): Pick<TemplateRules, 'subStocks'> {
  const subStocks = input.subStocks ?? 1;
  requireInRange(subStocks, 1, SUB_STOCKS_MAX, `${at}.subStocks`);
  requireInput(
    subStocks === 1 || input.type !== 'RED_PACKET',
    `${at}.subStocks`,
    'must be 1 for RED_PACKET: its draws are numbered in one row',
  );
  return subStocks === 1 ? {} : { subStocks };
}

type Issuing = Pick<
  TemplateRules,
  | 'claimMethod'
  | 'grantOn'
  | 'share'
  | 'experiment'
  | 'experimentWeight'
  | 'audience'
  | 'verification'
  | 'riskPolicy'
  | 'limits'
>;

function readIssuing(input: RulesInput, at: string): Issuing {
  const claimMethod = input.claimMethod ?? 'OPEN';
  const grantOn = input.grantOn ?? null;
  const experimentWeight = input.experimentWeight ?? null;
  requireInput(
    (claimMethod === 'SHARE') === (input.share !== null && input.share !== undefined),
    `${at}.share`,
    'is required with claimMethod SHARE, and only there',
  );
  requireInput(
    grantOn === null || claimMethod === 'GRANT_ONLY',
    `${at}.grantOn`,
    'goes with claimMethod GRANT_ONLY',
  );
  requireInRange(input.share?.acceptLimit ?? null, 1, 1_000_000, `${at}.share.acceptLimit`);
  const reward = input.share?.rewardTemplateId ?? null;
  requireInput(
    reward === null || isId(reward),
    `${at}.share.rewardTemplateId`,
    'is not the id of a template',
  );
  requireInRange(experimentWeight, 1, 10_000, `${at}.experimentWeight`);
  requireInput(
    experimentWeight === null || (input.experiment ?? null) !== null,
    `${at}.experimentWeight`,
    'goes with experiment',
  );
  return {
    claimMethod,
    grantOn,
    share: input.share ? { acceptLimit: input.share.acceptLimit, rewardTemplateId: reward } : null,
    experiment: readNullableId(input.experiment, `${at}.experiment`),
    experimentWeight,
    audience: readIds(input.audience, `${at}.audience`, AUDIENCE_MAX),
    verification: input.verification ?? 'NEVER',
    riskPolicy: input.riskPolicy ?? 'FAIL_OPEN',
    limits: readLimits(input.limits, at),
  };
}

function readLimits(input: RulesInput['limits'], at: string): TemplateLimits {
  const perNetworkPerHour = input?.perNetworkPerHour ?? null;
  const perDevicePerDay = input?.perDevicePerDay ?? null;
  requireInRange(perNetworkPerHour, 0, CLAIM_LIMIT_MAX, `${at}.limits.perNetworkPerHour`);
  requireInRange(perDevicePerDay, 0, CLAIM_LIMIT_MAX, `${at}.limits.perDevicePerDay`);
  return { perNetworkPerHour, perDevicePerDay };
}

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

function readNames(names: readonly LocalizedName[], at: string): LocalizedName[] {
  requireInput(
    names.length >= 1 && names.length <= NAMES_MAX,
    `${at}.names`,
    `must have 1 to ${NAMES_MAX} names`,
  );
  names.forEach(({ language, name }, index) => {
    const here = `${at}.names[${index}]`;
    requireInput(
      LANGUAGE.test(language),
      `${here}.language`,
      'is not a language tag such as zh-CN',
    );
    const { length } = Array.from(name.trim());
    requireInput(
      length >= 1 && length <= NAME_LENGTH_MAX,
      `${here}.name`,
      `must have 1 to ${NAME_LENGTH_MAX} characters`,
    );
    const isSame = (other: LocalizedName) => isSameLanguage(other.language, language);
    const isFirst = names.findIndex(isSame) === index;
    requireInput(isFirst, `${here}.language`, 'is there twice');
  });
  return names.map(({ language, name }) => ({ language, name: name.trim() }));
}

function readScope(scope: RulesInput['scope'], at: string): UsageScope {
  const read = (field: keyof UsageScope) =>
    readIds(scope?.[field], `${at}.scope.${field}`, SCOPE_IDS_MAX);
  return {
    includeProducts: read('includeProducts'),
    excludeProducts: read('excludeProducts'),
    includeCategories: read('includeCategories'),
    excludeCategories: read('excludeCategories'),
  };
}

function readValidity(input: RulesInput['validity'], at: string): Validity {
  const here = `${at}.validity`;
  const days = input.days ?? null;
  const fromMs = input.from ?? null;
  const untilMs = input.until ?? null;
  const timeZone = input.timeZone ?? 'UTC';
  const hasWindow = fromMs !== null && untilMs !== null;
  requireInput(
    (days !== null) !== (fromMs !== null || untilMs !== null),
    here,
    'needs either days, or from and until',
  );
  requireInput(days !== null || hasWindow, here, 'needs both from and until');
  requireInRange(days, 1, 3_650, `${here}.days`);
  requireInput(!hasWindow || fromMs < untilMs, `${here}.until`, 'must be after from');
  requireInput(
    IANAZone.isValidZone(timeZone),
    `${here}.timeZone`,
    'is not a time zone such as Asia/Shanghai',
  );
  return { days, fromMs, untilMs, timeZone };
}

function readIds(
  ids: readonly string[] | null | undefined,
  field: string,
  max: number,
): readonly string[] {
  const list = ids ?? [];
  requireInput(list.length <= max, field, `must have at most ${max} entries`);
  list.forEach((id, index) => readExternalId(id, `${field}[${index}]`));
  return [...new Set(list)].sort();
}

function readNullableId(text: string | null | undefined, field: string): string | null {
  return text === null || text === undefined ? null : readExternalId(text, field);
}

function requireInRange(value: number | null, min: number, max: number, field: string): void {
  requireInput(value === null || (value >= min && value <= max), field, `must be ${min} to ${max}`);
}
