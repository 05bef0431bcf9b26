import { Ajv, type ValidateFunction } from 'ajv';
import { HttpClient } from '../../clients/http-client';
import type { RevenueWorld } from '../../revenue-world';

interface Ref {
  readonly $ref: string;
}
interface Document {
  readonly operations: Readonly<Record<string, { readonly action: 'send' | 'receive'; readonly messages: Ref[] }>>;
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, Ref>> }>>;
  readonly components: { readonly messages: Readonly<Record<string, { readonly payload: object }>> };
}

/** As standard tools read a document: only what JSON Schema itself says counts. */
const tool = (): Ajv => new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });

/** What a developer finds published about the live connections of a running deployment. */
export class PublishedContract {
  readonly #said: readonly ValidateFunction[];
  readonly #shown: readonly ValidateFunction[];

  private constructor(private readonly document: Document) {
    this.#said = this.#messagesOf('receive');
    this.#shown = this.#messagesOf('send');
  }

  static async read(world: RevenueWorld): Promise<PublishedContract> {
    const developer = new HttpClient(await world.platformUrl(), 'the developer', world.evidence);
    return new PublishedContract(await developer.require<Document>('get', '/asyncapi.json'));
  }

  /** Where the document breaks AsyncAPI 3.0, by the standard's own schema. */
  async faults(): Promise<readonly string[]> {
    const { default: standard } = await import('@asyncapi/specs/schemas/3.0.0.json', { with: { type: 'json' } });
    const check = tool().compile(standard);
    check(this.document);
    return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  allowsSaying(message: unknown): boolean {
    return this.#said.some((check) => check(message));
  }

  allowsShowing(message: unknown): boolean {
    return this.#shown.some((check) => check(message));
  }

  #messagesOf(action: 'send' | 'receive'): readonly ValidateFunction[] {
    return Object.values(this.document.operations)
      .filter((operation) => operation.action === action)
      .flatMap(({ messages }) => messages)
      .map((ref) => this.#find<Ref>(ref))
      .map((ref) => tool().compile(this.#find<{ payload: object }>(ref).payload));
  }

  #find<T>({ $ref }: Ref): T {
    const [, ...path] = $ref.split('/');
    let found: unknown = this.document;
    for (const name of path) found = (found as Record<string, unknown>)[name];
    if (found === undefined) throw new Error(`the document refers to ${$ref}, which it does not contain`);
    return found as T;
  }
}
