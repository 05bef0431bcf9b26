import { Duplex } from 'node:stream';

/**
 * Two ends of a wire in this process: what is written arrives a turn later, and an end that does not read holds up the
 * other one, as a network does. Whoever lets go of one end lets go of both. `arrived` is called for each piece.
 */
export function inMemoryWire(arrived: () => void, remoteAddress: string): readonly [Duplex, Duplex] {
  const near = new WireEnd(arrived);
  const far = new WireEnd(arrived, remoteAddress);
  near.other = far;
  far.other = near;
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  return [near, far];
}

class WireEnd extends Duplex {
  other: WireEnd | null = null;
  #written: (() => void) | null = null;

  constructor(
    private readonly arrived: () => void,
    /** Where the other end stands, as a socket says it. */
    readonly remoteAddress?: string,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    setImmediate(() => this.other?.arrive(chunk, written));
  }

  override _read(): void {
    const written = this.#written;
    this.#written = null;
    written?.();
  }

  override _final(done: () => void): void {
    setImmediate(() => {
      this.other?.push(null);
      done();
    });
  }

  arrive(chunk: Buffer, written: () => void): void {
    this.arrived();
    if (this.push(chunk)) written();
    else this.#written = written;
  }
}
