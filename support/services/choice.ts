import { PlatformError } from '../../ssot/kernel';
import { PROVIDERS, SERVICES, type Provider, type Service } from './contract';

const FORM =
  `Write one provider for all (${PROVIDERS.join(', ')}), or one by one, as in ` +
  'SPEC_SERVICES=postgres=containers,redis=embedded,clickhouse=external.';

/** Reads `SPEC_SERVICES`; what it does not name is embedded. */
export function chosenProviders(text: string | undefined): Readonly<Record<Service, Provider>> {
  const chosen: Record<Service, Provider> = { postgres: 'embedded', redis: 'embedded', clickhouse: 'embedded' };
  for (const part of (text ?? '').split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [service, provider, ...rest] = part.includes('=') ? part.split('=') : [undefined, part];
    if (!isOneOf(PROVIDERS, provider) || rest.length > 0) throw invalid(`knows no provider "${provider}"`);
    if (service === undefined) SERVICES.forEach((each) => (chosen[each] = provider));
    else if (isOneOf(SERVICES, service)) chosen[service] = provider;
    else throw invalid(`knows no service "${service}" (it knows ${SERVICES.join(', ')})`);
  }
  return chosen;
}

/** Whether one of these is not this run's own; what is external is there once, for whoever asks. */
export function hasExternal(services: Iterable<Service>): boolean {
  const chosen = chosenProviders(process.env['SPEC_SERVICES']);
  return [...services].some((service) => chosen[service] === 'external');
}

function isOneOf<T extends string>(known: readonly T[], text: string | undefined): text is T {
  return (known as readonly (string | undefined)[]).includes(text);
}

function invalid(problem: string): PlatformError {
  return new PlatformError({
    code: 'services_invalid',
    field: 'SPEC_SERVICES',
    message: `SPEC_SERVICES ${problem}. ${FORM}`,
  });
}
