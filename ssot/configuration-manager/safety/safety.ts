import type { Environment } from '../environment';
import type { Problem } from '../contract';
import { isSameSecret, weaknessOf } from './secret-strength';
import type { ReadSettings } from '../sections';
import { placeFindings, plainTextFindings, readStoreAddress, type StoreAddress } from './store-address';

const MIN_KEY_LENGTH = 32;
const MIN_PASSWORD_LENGTH = 16;
const MAKE_KEY = 'Make one with: openssl rand -base64 32';

/** A secret that is in use, and how a sentence about it begins ("has a password that"). */
interface Held {
  readonly variable: string;
  readonly value: string;
  readonly subject: string;
  readonly minLength: number;
  readonly wayOut: string;
}

/** What works but must never meet customers. Names variables and problems, never values. */
export function safetyFindings(settings: ReadSettings): readonly Problem[] {
  const stores = storesOf(settings);
  const held = [...keysOf(settings), ...stores.map(passwordOf)];
  return [
    ...stores.flatMap(placeFindings),
    ...modelFindings(settings),
    ...browserFindings(settings),
    ...held.flatMap(strengthFindings),
    ...reuseFindings(held),
    ...loginFindings(stores),
  ];
}

/** Never right in an environment that serves customers; elsewhere nothing is said of it. */
export function forbiddenIn(environment: Environment, { operations }: ReadSettings): readonly Problem[] {
  if (operations.movableClock !== true) return [];
  return [{ variable: 'MOVABLE_CLOCK', problem: `is not allowed in ${environment}`, wayOut: 'Leave it out.' }];
}

function storesOf({ stores }: ReadSettings): readonly StoreAddress[] {
  const written = [
    ['POSTGRES_URL', stores.postgresUrl],
    ['POSTGRES_OWNER_URL', stores.postgresOwnerUrl],
    ['POSTGRES_SERVICE_URL', stores.postgresServiceUrl],
    ['REDIS_URL', stores.redisUrl],
    ['CLICKHOUSE_URL', stores.clickhouseUrl],
  ] as const;
  return written.flatMap(([variable, address]) => (address === undefined ? [] : [readStoreAddress(variable, address)]));
}

function keysOf({ identity, model }: ReadSettings): readonly Held[] {
  const key = (variable: string, value: string, minLength = MIN_KEY_LENGTH, wayOut = MAKE_KEY): Held => {
    return { variable, value, subject: '', minLength, wayOut };
  };
  const keys = [
    ...(identity.masterKeys ?? []).map((written) => key('MASTER_KEYS', written.key.reveal())),
    ...(identity.operatorKeys ?? []).map((written) => key('OPERATOR_KEYS', written.key.reveal())),
  ];
  const ofModel = model.key?.reveal() ?? '';
  if (ofModel === '') return keys;
  return [...keys, key('MODEL_KEY', ofModel, MIN_PASSWORD_LENGTH, 'Write the key that the server made for you.')];
}

function passwordOf({ variable, password }: StoreAddress): Held {
  return {
    ...{ variable, value: password, subject: 'has a password that ', minLength: MIN_PASSWORD_LENGTH },
    wayOut: 'Give that login a password of its own: openssl rand -hex 32',
  };
}

function strengthFindings({ variable, value, subject, minLength, wayOut }: Held): readonly Problem[] {
  const weakness = weaknessOf(value, minLength);
  return weakness === undefined ? [] : [{ variable, problem: `${subject}${weakness}`, wayOut }];
}

/** One leaked secret must not open two things. */
function reuseFindings(held: readonly Held[]): readonly Problem[] {
  return held.flatMap(({ variable, value, wayOut }, i) => {
    const first = held.slice(0, i).find((other) => value !== '' && isSameSecret(value, other.value));
    return first === undefined ? [] : [{ variable, problem: `has the secret of ${first.variable} again`, wayOut }];
  });
}

/** Codes and sign-ins of people travel there. */
function browserFindings({ server, identity }: ReadSettings): readonly Problem[] {
  const named = [
    ...(server.publicUrl ? [['PUBLIC_URL', server.publicUrl] as const] : []),
    ...(identity.returnAddresses ?? []).map((address) => ['RETURN_ADDRESSES', address] as const),
    ...(identity.internalIssuers ?? []).map((address) => ['INTERNAL_ISSUERS', address] as const),
  ];
  return named.flatMap(([variable, address]) => {
    const { protocol, hostname } = new URL(address);
    return plainTextFindings(variable, hostname, protocol === 'https:');
  });
}

/** Questions and figures of customers travel there, with the key. */
function modelFindings({ model }: ReadSettings): readonly Problem[] {
  if (model.url === undefined || model.url === '') return [];
  const { protocol, hostname } = new URL(model.url);
  return plainTextFindings('MODEL_URL', hostname, protocol === 'https:');
}

function loginFindings(stores: readonly StoreAddress[]): readonly Problem[] {
  const ofPostgres = stores.filter(({ variable }) => variable.startsWith('POSTGRES'));
  if (new Set(ofPostgres.map(({ user }) => user)).size === ofPostgres.length) return [];
  return [
    {
      variable: 'POSTGRES_SERVICE_URL',
      problem: 'shares its login with another PostgreSQL address',
      wayOut: 'Use one login each for the app, the schema and the services.',
    },
  ];
}
