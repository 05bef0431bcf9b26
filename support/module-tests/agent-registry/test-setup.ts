import {
  SPECIALISTS,
  TOOLS,
  type AgentDefinition,
  type LanguageModel,
  type ToolDefinition,
} from '../../../ssot/agent-registry';
import { stores } from '../stores';
import { RecordedUsage } from './recorded-usage';
import { TestMemory } from './test-memory';
import { TestUsers } from './test-users';

/** What instances are started with from here on. */
export class TestSetup {
  readonly users = new TestUsers(stores.ids);
  readonly usage = new RecordedUsage();
  readonly memory = new TestMemory();
  agents: readonly AgentDefinition[] = SPECIALISTS;
  tools: readonly ToolDefinition[] = TOOLS;
  model: LanguageModel | null = null;
  /** A release with another number cannot read what this one saves. */
  snapshotShape = 1;
}
