import type { Problem } from './contract';
import type { ReadSettings } from './sections';

/**
 * Customers must not reach what operators do, so the two have ports of their own whatever the addresses are: firewalls and
 * load balancers are told ports. 0 is any free port, each time another one.
 */
export function listenerProblems({ server, operations }: ReadSettings): readonly Problem[] {
  if (server.port === undefined || server.port === 0 || server.port !== operations.port) return [];
  return [
    {
      variable: 'OPERATIONS_PORT',
      problem: 'is the same port as PORT',
      wayOut: 'Give OPERATIONS_PORT a port of its own, which customers cannot reach.',
    },
  ];
}
