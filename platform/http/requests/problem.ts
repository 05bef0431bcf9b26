import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PlatformError, problemOf, retryAfterSeconds } from '../../../ssot/kernel';
import { toPublicError, statusOf } from '../../public-error';
import { BusyRefusals, isBusy, type BusyDeps } from './busy-refusals';

/** RFC 9457, with the stable `code` that programs act on. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  field: z.string().optional(),
  retryAfterMs: z.int().optional(),
  /** The one that is reached: of the caller's plan, of failed attempts, or of connections. */
  limit: z.object({ name: z.string(), max: z.int() }).optional(),
});

export function sendProblem(reply: FastifyReply, error: PlatformError): FastifyReply {
  const status = statusOf(error);
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined) void reply.header('retry-after', retryAfterSeconds(retryAfterMs));
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const problem = reply.code(status).header('content-type', 'application/problem+json').serializer(JSON.stringify);
  return problem.send(problemOf(error, status));
}

/** Every refusal leaves as a problem; what is not a refusal is logged, and only its reference is told. */
export function answerErrors(deps: BusyDeps) {
  const { log } = deps;
  const refusals = new BusyRefusals(deps);
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const shown = toPublicError(isAborted(request) ? aborted() : asPlatformError(error));
    if (isBusy(error)) refusals.note(error.code);
    else if (statusOf(shown) >= 500) {
      log.error({ err: shown.cause ?? error, route: request.routeOptions.url, code: shown.code }, 'a request failed');
    }
    return sendProblem(reply, shown);
  };
}

/** The caller left before all of the request had come. Nobody hears the answer, and nothing is wrong with the platform. */
function isAborted({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function aborted(): PlatformError {
  return new PlatformError({ code: 'request_aborted', message: 'The connection ended before the request was whole.' });
}

function asPlatformError(error: unknown): unknown {
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation[0]);
  const known = BY_FASTIFY_CODE[(error as FastifyError).code];
  return known === undefined ? error : new PlatformError({ ...known, cause: error });
}

const NOT_JSON = { code: 'invalid_json', message: 'The body is not JSON.' };
const BY_FASTIFY_CODE: Readonly<Record<string, { code: string; message: string }>> = {
  FST_ERR_BAD_URL: { code: 'invalid_target', message: 'The address in the request line cannot be read.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'target_too_long', message: 'A part of the address is too long.' },
  FST_ERR_CTP_INVALID_JSON_BODY: NOT_JSON,
  FST_ERR_CTP_EMPTY_JSON_BODY: NOT_JSON,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: NOT_JSON,
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large', message: 'The body is too large. Send it in parts.' },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: { code: 'media_type_unsupported', message: 'Send JSON, as application/json.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'media_type_unsupported', message: 'Send JSON, as application/json.' },
};

interface Issue {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: unknown;
}

/** Names the field and the problem, never the value. */
function invalid(issue: Issue | undefined): PlatformError {
  const place = (issue?.instancePath ?? '').split('/').filter((part) => part !== '');
  const more = issue?.params as { params?: { code?: string }; keys?: string[] } | undefined;
  const field = [...place, ...(more?.keys?.slice(0, 1) ?? [])].join('.').slice(0, 100);
  const message = (issue?.message ?? 'see the schema').slice(0, 300);
  const code = more?.params?.code;
  if (field === '') return new PlatformError({ code: 'invalid_input', message: `The body is not valid: ${message}.` });
  if (code !== undefined) return new PlatformError({ code, message: `"${field}" ${message}`, field });
  return new PlatformError({ code: 'invalid_input', message: `"${field}" is not valid: ${message}`, field });
}
