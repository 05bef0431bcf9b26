interface Entry<V> {
  readonly value: V;
  readonly askedAt: number;
}

/** A map whose values are made on demand, and dropped when nobody has asked for them for `lifetimeMs`. */
export class ExpiringMap<K, V> {
  /** Those that were asked for longest ago stand first. */
  readonly #entries = new Map<K, Entry<V>>();

  constructor(
    private readonly lifetimeMs: number,
    private readonly make: () => V,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Of this one, as of now. */
  of(key: K, now: number): V {
    for (const [old, { askedAt }] of this.#entries) {
      if (askedAt + this.lifetimeMs > now) break;
      this.#entries.delete(old);
    }
    const value = this.#entries.get(key)?.value ?? this.make();
    this.#entries.delete(key);
    this.#entries.set(key, { value, askedAt: now });
    return value;
  }
}
