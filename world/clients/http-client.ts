import axios, { type AxiosInstance } from 'axios';
import { Agent } from 'node:http';
import type { Evidence } from '../evidence';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The body of every refusal (`application/problem+json`). */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

const keptAlive = new Agent({ keepAlive: true });

/** One caller of the platform's public HTTP contract. Refusals are answers, not exceptions. */
export class HttpClient {
  readonly #axios: AxiosInstance;

  constructor(
    readonly baseUrl: string,
    private readonly actor: string,
    private readonly evidence: Evidence,
    bearer?: string,
    /** Where the caller's network is, as a load balancer in front of the platform says it. */
    from?: string,
  ) {
    this.#axios = axios.create({
      baseURL: baseUrl,
      timeout: 10_000,
      httpAgent: keptAlive,
      validateStatus: () => true,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(from !== undefined && { 'x-forwarded-for': from }),
      },
    });
  }

  async send<T>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    const answer = await this.#axios.request<T>({ method, url: path, data: body, headers });
    this.evidence.note('http', this.actor, `${method.toUpperCase()} ${path}: ${answer.status}`, {
      ...(body === undefined ? {} : { sent: shortened(body) }),
      received: shortened(answer.data),
    });
    return { status: answer.status, body: answer.data, headers: { ...answer.headers } };
  }

  /** Sends and insists on success; what comes back otherwise is the reason given. */
  async require<T>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const answer = await this.send<T & Partial<Problem>>(method, path, body, headers);
    if (answer.status >= 300) {
      throw new Error(
        `${this.actor} was refused (${method.toUpperCase()} ${path}, ${answer.status}): ` +
          `${answer.body.code ?? 'no code'} ${answer.body.detail ?? ''}`,
      );
    }
    return answer.body;
  }
}

/** Long lists are evidence of their length only. */
function shortened(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      Array.isArray(value) && value.length > 10 ? `${value.length} entries` : (value as unknown),
    ]),
  );
}
