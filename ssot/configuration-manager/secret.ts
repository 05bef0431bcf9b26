import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** A credential. Every view of it but `reveal()` is "[secret]": text, JSON, template, node's inspect, spread and keys. */
export class Secret {
  readonly #value: string | Error;

  /** An error: the value cannot be opened, and `reveal` throws why. */
  constructor(value: string | Error) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The only way to the value; call it where it is used and never keep the result. */
  reveal(): string {
    if (this.#value instanceof Error) throw this.#value;
    return this.#value;
  }

  /** In constant time, whatever the lengths. */
  equals(other: Secret): boolean {
    return timingSafeEqual(digest(this.reveal()), digest(other.reveal()));
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
