import type { Socket } from 'node:net';
import { networkOf } from '../../../ssot/auth';
import { PlatformError, type Clock } from '../../../ssot/kernel';

/** How many connections, WebSockets included, one port of an instance serves at once. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  /** From one address (IPv6: one /64); connections of trusted proxies are not limited by address. */
  readonly maxConnectionsPerAddress: number;
}

/** Whoever has sent nothing for so long counts as silent; before, what they send may still be on its way. */
const SILENT_MS = 500;
/** By then, whoever has sent nothing is gone. */
const RETRY_AFTER_MS = 5_000;

/**
 * Admits connections up to the limits. When they are reached, the one that has been open longest without having sent
 * anything makes room for the next; when there is none, the next is refused.
 */
export class ConnectionLimiter {
  readonly #all: OpenConnections;
  readonly #byAddress = new Map<string, OpenConnections>();
  readonly #addresses = new Map<Socket, string | undefined>();

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly isTrustedProxy: (address: string) => boolean,
    private readonly clock: Clock,
  ) {
    this.#all = new OpenConnections(clock);
  }

  get open(): number {
    return this.#addresses.size;
  }

  /** Counts the connection until it is closed, or throws `overloaded` or `too_many_connections`. */
  admit(socket: Socket): void {
    const remote = socket.remoteAddress ?? '';
    const address = this.isTrustedProxy(remote) ? undefined : networkOf(remote);
    if (address !== undefined) this.#assertRoomFor(address);
    if (!this.#hasRoom(this.#all, this.limits.maxConnections)) throw instanceFull();
    this.#add(socket, address);
    // Not `once`: it closes once, and the wrapper of `once` would be held for as long as the connection.
    socket.on('close', () => this.#release(socket));
  }

  #assertRoomFor(address: string): void {
    const max = this.limits.maxConnectionsPerAddress;
    const open = this.#byAddress.get(address);
    if (open !== undefined && !this.#hasRoom(open, max)) throw addressFull(max);
  }

  #hasRoom(open: OpenConnections, max: number): boolean {
    if (open.size < max) return true;
    const silent = open.longestSilent();
    if (silent === undefined) return false;
    this.#release(silent);
    silent.destroy();
    return true;
  }

  #add(socket: Socket, address: string | undefined): void {
    this.#addresses.set(socket, address);
    this.#all.add(socket);
    if (address === undefined) return;
    const sameAddress = this.#byAddress.get(address) ?? new OpenConnections(this.clock);
    this.#byAddress.set(address, sameAddress);
    sameAddress.add(socket);
  }

  #release(socket: Socket): void {
    const address = this.#addresses.get(socket);
    if (!this.#addresses.delete(socket)) return;
    this.#all.delete(socket);
    if (address === undefined) return;
    const sameAddress = this.#byAddress.get(address);
    sameAddress?.delete(socket);
    if (sameAddress?.size === 0) this.#byAddress.delete(address);
  }
}

/** Connections in the order in which they were opened. */
class OpenConnections {
  /** Those that had sent nothing when last looked at, and when they were opened. */
  readonly #silent = new Map<Socket, number>();
  #size = 0;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#size;
  }

  add(socket: Socket): void {
    this.#size += 1;
    this.#silent.set(socket, this.clock.monotonic());
  }

  delete(socket: Socket): void {
    this.#size -= 1;
    this.#silent.delete(socket);
  }

  /** Each connection is passed over once at most: whoever has sent something has spoken for good. */
  longestSilent(): Socket | undefined {
    const until = this.clock.monotonic() - SILENT_MS;
    for (const [socket, openedAt] of this.#silent) {
      if (openedAt > until) return undefined;
      if (socket.bytesRead === 0) return socket;
      this.#silent.delete(socket);
    }
    return undefined;
  }
}

function instanceFull(): PlatformError {
  return new PlatformError({
    code: 'overloaded',
    message: 'This instance has as many connections as it can serve. Try again in a moment.',
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
  });
}

function addressFull(max: number): PlatformError {
  return new PlatformError({
    code: 'too_many_connections',
    message: `Your address has ${max} connections open, and no more are allowed. Close some of them.`,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
    limit: { name: 'connectionsPerAddress', max },
  });
}
