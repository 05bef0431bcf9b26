import type { App } from './app';

interface Known {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/** The methods under which each address of the application is served. Make it before the first route is added. */
export class AllowedMethods {
  readonly #known = new Map<string, Known>();

  constructor(app: App) {
    app.addHook('onRoute', ({ url, method }) => {
      const known = this.#known.get(url) ?? { segments: url.split('/'), methods: new Set() };
      this.#known.set(url, known);
      for (const name of [method].flat()) known.methods.add(name);
    });
  }

  /** In the order of the alphabet; none for an address that is not served. */
  of(path: string): readonly string[] {
    const segments = path.split('/');
    const methods = [...this.#known.values()].filter((known) => matches(known.segments, segments));
    return [...new Set(methods.flatMap((known) => [...known.methods]))].sort();
  }
}

/** A part that begins with ":" stands for any text. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((part, at) => (part.startsWith(':') ? path[at] !== '' : part === path[at]));
}
