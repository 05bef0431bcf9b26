import { HttpClient } from '../../clients/http-client';
import type { RevenueWorld } from '../../revenue-world';

export interface PublishedOperation {
  /** `GET /v1/threads/{threadId}` */
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly isPublic: boolean;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: readonly object[] }>>>>;
}
interface AsyncApi {
  readonly components: { readonly messages: Readonly<Record<string, { readonly name: string }>> };
}

/** Every operation that an instance publishes at one of its ports. */
export async function operationsAt(
  url: string,
  world: Pick<RevenueWorld, 'evidence'>,
): Promise<readonly PublishedOperation[]> {
  const developer = new HttpClient(url, 'the developer', world.evidence);
  const { paths } = await developer.require<OpenApi>('get', '/openapi.json');
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method as PublishedOperation['method'],
      path,
      isPublic: security.length === 0,
    })),
  );
}

/** Every kind of message that devices may say, as it is published. */
export async function messagesAt(url: string, world: RevenueWorld): Promise<readonly string[]> {
  const developer = new HttpClient(url, 'the developer', world.evidence);
  const { components } = await developer.require<AsyncApi>('get', '/asyncapi.json');
  return Object.entries(components.messages)
    .filter(([name]) => name.startsWith('said_'))
    .map(([, { name }]) => name);
}
