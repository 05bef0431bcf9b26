import { routeAfter, type Sufficiency } from '../ssot/agent-registry';
import type { AgentKind } from '../ssot/kernel';

export function routeFor(verdict: string): readonly AgentKind[] {
  return routeAfter(verdict as Sufficiency);
}
