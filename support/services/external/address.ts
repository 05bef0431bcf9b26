import { ServiceError, TITLE, type Service, type Variables } from '../contract';
import { kindOfServer } from './identify';

interface Form {
  readonly protocols: readonly string[];
  readonly port: number;
  readonly example: string;
}
const FORMS: Readonly<Record<Service, Form>> = {
  postgres: {
    protocols: ['postgres:', 'postgresql:'],
    port: 5432,
    example: 'postgres://user:password@host:5432/database',
  },
  redis: { protocols: ['redis:', 'rediss:'], port: 6379, example: 'redis://user:password@host:6379' },
  clickhouse: { protocols: ['http:', 'https:'], port: 8123, example: 'http://user:password@host:8123/database' },
};

/** The address that the user gave under this name, checked as far as that goes without connecting. Never shown whole. */
export function addressIn(variables: Variables, name: string, service: Service): string {
  const { protocols, example } = FORMS[service];
  const text = variables[name] ?? '';
  const problem = problemOf(text, protocols);
  if (problem === null) return text;
  const wayOut = `Write it as ${example}, or let the suite start it: SPEC_SERVICES=${service}=embedded.`;
  throw new ServiceError(TITLE[service], `${name} ${problem}`, wayOut);
}

function problemOf(text: string, protocols: readonly string[]): string | null {
  if (text === '') return 'is not set';
  if (!text.includes('://') || !URL.canParse(text)) return 'is not an address';
  const { protocol, hostname } = new URL(text);
  if (!protocols.includes(protocol)) return `begins with "${protocol}//" instead of "${protocols[0] ?? ''}//"`;
  return hostname === '' ? 'names no host' : null;
}

/** One clear sentence for a server that could not be used: nobody there, somebody else there, or not with this login. */
export async function refusal(service: Service, name: string, address: string, error: unknown): Promise<ServiceError> {
  const url = new URL(address);
  const port = url.port === '' ? FORMS[service].port : Number(url.port);
  const place = `${url.hostname}:${port}`;
  const why = error instanceof Error && error.message !== '' ? error.message : String(error);
  const embedded = `or let the suite start it: SPEC_SERVICES=${service}=embedded.`;
  let kind: string | null;
  try {
    kind = await kindOfServer(url.hostname.replace(/^\[|\]$/g, ''), port);
  } catch (unreachable) {
    const reason = (unreachable as NodeJS.ErrnoException).code ?? (unreachable as Error).message;
    return new ServiceError(
      TITLE[service],
      `nobody answers at ${place}, where ${name} leads (${reason})`,
      `Start the server, correct ${name}, ${embedded}`,
      error,
    );
  }
  const expected = service === 'clickhouse' ? 'an HTTP server' : TITLE[service];
  if (kind !== expected) {
    const who = kind ?? 'a server of another kind';
    return new ServiceError(
      TITLE[service],
      `${name} leads to ${who} at ${place}, not to ${TITLE[service]}`,
      `Correct ${name}, ${embedded}`,
      error,
    );
  }
  return new ServiceError(
    TITLE[service],
    `the server at ${place} refuses what ${name} asks of it: ${why}`,
    `Correct user, password and database in ${name}, ${embedded}`,
    error,
  );
}
