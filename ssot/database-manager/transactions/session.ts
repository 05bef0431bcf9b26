import { serverAddresses } from '../../kernel';

/**
 * What changes the meaning of a value or a statement, set by each connection itself: server, database and login may
 * default to something else. `options` of the address come last, so that an operator can still say otherwise.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  datestyle: 'ISO,MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  row_security: 'on',
  search_path: 'public',
  default_transaction_isolation: 'read\\ committed',
  default_transaction_read_only: 'off',
  // A transaction that was cut off here stops working on the server as well.
  client_connection_check_interval: '500ms',
};

/** The address without its `options`, and these behind the settings that are pinned. */
export function pinnedSession(address: string): { readonly connectionString: string; readonly options: string } {
  const own = new URL(serverAddresses(address)[0]).searchParams.get('options');
  const pinned = Object.entries(SETTINGS).map(([name, value]) => `-c ${name}=${value}`);
  return { connectionString: withoutOptions(address), options: [...pinned, own ?? ''].join(' ').trim() };
}

function withoutOptions(address: string): string {
  const [before, query] = address.split('?', 2) as [string, string?];
  const others = new URLSearchParams(query);
  others.delete('options');
  return others.size === 0 ? before : `${before}?${others.toString()}`;
}
