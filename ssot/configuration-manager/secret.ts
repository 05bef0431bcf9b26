import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** A credential. Every view of it but `reveal()` is "[secret]": text, JSON, template, node's inspect, spread and keys. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The only way to the value; call it where it is used and never keep the result. */
  reveal(): string {
    return this.#value;
  }

  /** In constant time, whatever the lengths. */
  equals(other: Secret): boolean {
    return timingSafeEqual(digest(this.#value), digest(other.#value));
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
