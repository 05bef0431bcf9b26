import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

const SITE_PREFIX = 64;
const UNKNOWN = 'unknown';
/** Asked several times for each request, and reading an address costs more than whatever else is done with it. */
const networks = new LRUCache<string, string>({ max: 10_000 });
/** The longest address that can be written, with a zone; what is longer is none. */
const MAX_LENGTH = 100;

/**
 * What counts as one address: IPv4 as it is, also when it is written as IPv6, and IPv6 by its /64, because whoever has one
 * address there has them all. Anything else counts as one address that is not known.
 */
export function networkOf(address: string): string {
  if (address.length > MAX_LENGTH) return UNKNOWN;
  let network = networks.get(address);
  if (network === undefined) networks.set(address, (network = readNetwork(address)));
  return network;
}

function readNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return UNKNOWN;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${SITE_PREFIX}`).toString()}/${SITE_PREFIX}`;
}
