import type { MetricsRegistry } from '../../metrics-registry';
import type { App } from '../server/app';

/** What Prometheus collects. No secret, and no word of a customer; open to whoever reaches the operations port. */
export function metricsRoute(app: App, figures: MetricsRegistry): void {
  app.get('/metrics', { config: { access: 'public' }, schema: { tags: ['operations'] } }, async (_, reply) =>
    reply.header('content-type', figures.contentType).send(await figures.text()),
  );
}
