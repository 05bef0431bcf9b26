import { randomBytes } from 'node:crypto';

/**
 * A network of one's own, so that nobody waits for what failed at somebody else's in another scenario. The platform under test
 * trusts this machine as its load balancer.
 */
export class Network {
  readonly #site = `2001:db8:${group()}:${group()}`;

  /** A name that nobody else has. */
  static name(): string {
    return randomBytes(6).toString('hex');
  }

  /** One of its addresses. */
  address(host = 1): string {
    return `${this.#site}::${host.toString(16)}`;
  }
}

function group(): string {
  return randomBytes(2)
    .toString('hex')
    .replace(/^0+(?=.)/, '');
}
