import { z } from 'zod';
import type { Lifecycle } from '../../../ssot/lifecycle-manager';
import type { App } from '../server/app';

const answer = z.object({
  ok: z.boolean(),
  phase: z.string(),
  degraded: z.boolean(),
  since: z.iso.datetime(),
  retryAfterMs: z.int().optional(),
});
const response = { 200: answer, 503: answer };

/** Open to everybody and cheap: they ask no store, and are answered in every phase. */
export function healthRoutes(app: App, lifecycle: Lifecycle): void {
  const probes = { live: () => lifecycle.live(), ready: () => lifecycle.ready(), startup: () => lifecycle.startup() };
  for (const [name, ask] of Object.entries(probes)) {
    app.get(
      `/health/${name}`,
      { config: { access: 'public' }, schema: { tags: ['health'], response } },
      async (_, reply) => {
        const { since, ...said } = ask();
        return reply.code(said.ok ? 200 : 503).send({ ...said, since: since.toISOString() });
      },
    );
  }
}
