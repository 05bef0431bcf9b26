import ipaddr from 'ipaddr.js';

const SITE_PREFIX = 64;

/**
 * What counts as one address: IPv4 as it is, also when it is written as IPv6, and IPv6 by its /64, because whoever has one
 * address there has them all. Anything else counts as one address that is not known.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const read = ipaddr.process(address);
  if (read.kind() === 'ipv4') return read.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(read.toString())}/${SITE_PREFIX}`).toString()}/${SITE_PREFIX}`;
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? address;
}
