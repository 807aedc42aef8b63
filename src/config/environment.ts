/**
 * The environment, read once: one section a concern, all mistakes told at once, then a frozen object
 * that is handed down. Nothing else reads process.env.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  AUDIT_KEPT_DAYS,
  DATA_KEY_BYTES,
  REPLICAS_MAX,
  ROUTER_SECRET_LENGTH_MIN,
  TOKEN_AGE_MAX_S,
} from './limits.js';

const partsOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
const flagList = z.string().default('').transform(partsOf);

/** `id:secret` with commas between; a secret is 32 bytes in base64. */
const dataKeys = flagList.transform((parts, context): readonly DataKeyText[] => {
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
  const keys = parts.map((part) => {
    const [, id = '', text = ''] = /^([a-z0-9]{1,16}):([A-Za-z0-9+/_-]{43}=?)$/.exec(part) ?? [];
    return { id, secret: Buffer.from(text, 'base64') };
  });
  if (keys.some(({ secret }) => secret.length !== DATA_KEY_BYTES))
    refuse(`each must be ID:SECRET, with ${DATA_KEY_BYTES} bytes of secret in base64`);
  if (new Set(keys.map(({ id }) => id)).size < keys.length) refuse('two have the same id');
  return keys;
});

const mysqlUrl = z.url({ protocol: /^mysql$/ });
const redisUrl = z.url({ protocol: /^rediss?$/ });

/** One server, or the nodes of one cluster: src/storage/redis-address.ts reads it. */
const redisUrls = z.string().superRefine((text, context) => {
  const parts = text.split(',').map((part) => part.trim());
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
  if (!parts.every((part) => redisUrl.safeParse(part).success)) return refuse('Invalid URL');
  const urls = parts.map((part) => new URL(part));
  const shared = new Set(urls.map((url) => `${url.protocol} ${url.username} ${url.password}`));
  if (shared.size > 1) refuse('nodes of one cluster share scheme, user and password');
  const isCluster = urls.length > 1 || urls[0]!.searchParams.get('cluster') === 'true';
  const hasDatabase = urls.some(({ pathname }) => !['', '/', '/0'].includes(pathname));
  if (isCluster && hasDatabase) refuse('a cluster has database 0 only');
});

const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4001),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.data'),
  MYSQL_URL: mysqlUrl.optional(),
  /** Of the same user or of another that may only read. */
  MYSQL_REPLICA_URLS: flagList
    .refine((urls) => urls.every((url) => mysqlUrl.safeParse(url).success), 'Invalid URL')
    .refine((urls) => urls.length <= REPLICAS_MAX, `at most ${REPLICAS_MAX}`),
  /** off: what stands before MySQL takes one statement at a time. */
  MYSQL_PACKETS: z.enum(['on', 'off']).default('on'),
  REDIS_URL: redisUrls.optional(),
  SERVERS: z.enum(['auto', 'fetch']).default('auto'),
  ROLE: z.enum(['api', 'worker', 'all']).default('all'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  JWKS_URL: z.url().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  OPERATIONS_MANIFEST: z.string().optional(),
  JWT_MAX_AGE_S: z.coerce
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(TOKEN_AGE_MAX_S),
  /** Shared with the router; two at a time while one is being replaced. */
  ROUTER_SECRETS: flagList.refine(
    (secrets) => secrets.every(({ length }) => length >= ROUTER_SECRET_LENGTH_MIN),
    `each must have at least ${ROUTER_SECRET_LENGTH_MIN} characters`,
  ),
  /** Proxies of ours that append to X-Forwarded-For, the router included; 0: addresses are not known. */
  TRUSTED_HOPS: z.coerce.number().int().min(0).max(10).default(1),
  /** Seal what must be readable at rest; the first seals, the others are readable while one is replaced. */
  DATA_KEYS: dataKeys,
  /** Codes are made with the first; batches made with another are claimed as long as it stays. */
  CODE_KEYS: dataKeys,
  /** Of the pseudonyms of networks, devices and tokens. */
  GUARD_KEY: z.string().min(32).optional(),
  CLAIMS_PER_NETWORK_PER_HOUR: z.coerce.number().int().min(0).max(10_000).default(10),
  CLAIMS_PER_DEVICE_PER_DAY: z.coerce.number().int().min(0).max(10_000).default(5),
  RISK_URL: z.url({ protocol: /^https?$/ }).optional(),
  RISK_DEADLINE_MS: z.coerce.number().int().min(1).max(2_000).default(50),
  VERIFIER_URL: z.url({ protocol: /^https?$/ }).optional(),
  PROOF_OF_WORK_BITS: z.coerce.number().int().min(1).max(32).default(20),
  /** Hosts of the own network that webhooks may go to, also over HTTP; all others must be public. */
  WEBHOOK_TRUSTED_HOSTS: z.string().transform(partsOf).optional(),
  HOLD_TTL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(7 * 86_400_000)
    .default(30 * 60_000),
  MAX_COUPONS_PER_ORDER: z.coerce.number().int().min(1).max(50).default(10),
  /** Of coupons that ended EXPIRED, from their archiving on; 0: for ever. */
  AUDIT_KEPT_DAYS: z.coerce.number().int().min(0).max(36_500).default(AUDIT_KEPT_DAYS),
});

/** What development does without. Asked for beside the shape, so that one kind of mistake hides no other. */
const DEMANDED_IN_PRODUCTION = [
  'MYSQL_URL',
  'REDIS_URL',
  'JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'ROUTER_SECRETS',
  'GUARD_KEY',
  'DATA_KEYS',
  'CODE_KEYS',
] as const;

/** One key of DATA_KEYS or CODE_KEYS. */
export interface DataKeyText {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** Reads keys written as DATA_KEYS is. @throws ConfigError */
export function readDataKeys(text: string): readonly DataKeyText[] {
  const parsed = dataKeys.safeParse(text);
  if (parsed.success && parsed.data.length > 0) return parsed.data;
  throw new ConfigError('The file of the data keys is not usable.');
}

export type Role = 'api' | 'worker' | 'all';

export interface Config {
  readonly isProduction: boolean;
  readonly role: Role;
  readonly logLevel: string;
  readonly dataDir: string;
  readonly http: { readonly host: string; readonly port: number };
  /** undefined: the service starts its own servers under dataDir. */
  readonly mysqlUrl: string | undefined;
  /** A group commit may go to it in one packet. */
  readonly mysqlTakesPackets: boolean;
  readonly redisUrl: string | undefined;
  /** Copies of that database which may answer what decides nothing. */
  readonly mysqlReplicaUrls: readonly string[];
  readonly servers: 'auto' | 'fetch';
  /** File of the operations that are answered; undefined: any. */
  readonly operationsManifest: string | undefined;
  readonly auth: {
    /** undefined: the local development keys under dataDir. */
    readonly jwksUrl: string | undefined;
    readonly issuer: string;
    readonly audience: string;
    /** Seconds from `iat` after which a token is refused, whatever its end says. */
    readonly tokenMaxAgeS: number;
    readonly routerSecrets: readonly string[];
    readonly trustedHops: number;
  };
  readonly guard: {
    readonly key: string;
    readonly limits: { readonly perNetworkPerHour: number; readonly perDevicePerDay: number };
    readonly riskUrl: string | undefined;
    readonly riskDeadlineMs: number;
    readonly verifierUrl: string | undefined;
    readonly proofOfWorkBits: number;
  };
  /** Both empty: the installation's own under dataDir. */
  readonly dataKeys: readonly DataKeyText[];
  readonly codeKeys: readonly DataKeyText[];
  readonly webhookTrustedHosts: readonly string[];
  readonly holdTtlMs: number;
  readonly maxCouponsPerOrder: number;
  /** Of coupons that ended EXPIRED, from their archiving on; null: for ever. */
  readonly auditKeptMs: number | null;
}

/** The names the environment may set; the README's table and the compose files are tested against it. */
export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(Environment.shape);

export class ConfigError extends Error {}

/** @throws ConfigError naming every variable that is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  const missing =
    given['NODE_ENV'] === 'production'
      ? DEMANDED_IN_PRODUCTION.filter((name) => /^[\s,]*$/.test(given[name] ?? ''))
      : [];
  const lines = [
    ...missing.map((name) => `  ${name}: is required in production`),
    ...(parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
  ];
  if (!parsed.success || missing.length > 0)
    throw new ConfigError(`The environment is not usable:\n${lines.join('\n')}`);
  const values = parsed.data;
  return Object.freeze({
    isProduction: values.NODE_ENV === 'production',
    role: values.ROLE,
    logLevel: values.LOG_LEVEL,
    dataDir: resolve(values.DATA_DIR),
    http: { host: values.HOST, port: values.PORT },
    mysqlUrl: values.MYSQL_URL,
    mysqlTakesPackets: values.MYSQL_PACKETS === 'on',
    redisUrl: values.REDIS_URL,
    mysqlReplicaUrls: values.MYSQL_REPLICA_URLS,
    servers: values.SERVERS,
    operationsManifest: values.OPERATIONS_MANIFEST,
    auth: {
      jwksUrl: values.JWKS_URL,
      issuer: values.JWT_ISSUER ?? 'coupons-local',
      audience: values.JWT_AUDIENCE ?? 'coupons',
      tokenMaxAgeS: values.JWT_MAX_AGE_S,
      routerSecrets: values.ROUTER_SECRETS,
      trustedHops: values.TRUSTED_HOPS,
    },
    guard: {
      // Outside production nobody's data is hidden by it, but all processes must have the same one.
      key: values.GUARD_KEY ?? `local key of ${resolve(values.DATA_DIR)}`,
      limits: {
        perNetworkPerHour: values.CLAIMS_PER_NETWORK_PER_HOUR,
        perDevicePerDay: values.CLAIMS_PER_DEVICE_PER_DAY,
      },
      riskUrl: values.RISK_URL,
      riskDeadlineMs: values.RISK_DEADLINE_MS,
      verifierUrl: values.VERIFIER_URL,
      proofOfWorkBits: values.PROOF_OF_WORK_BITS,
    },
    dataKeys: values.DATA_KEYS,
    codeKeys: values.CODE_KEYS,
    webhookTrustedHosts:
      values.WEBHOOK_TRUSTED_HOSTS ??
      (values.NODE_ENV === 'production' ? [] : ['127.0.0.1', 'localhost']),
    holdTtlMs: values.HOLD_TTL_MS,
    maxCouponsPerOrder: values.MAX_COUPONS_PER_ORDER,
    auditKeptMs: values.AUDIT_KEPT_DAYS === 0 ? null : values.AUDIT_KEPT_DAYS * 86_400_000,
  });
}
