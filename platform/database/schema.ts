import { agentSchemaChanges } from '../../ssot/agent-registry';
import { authSchemaChanges } from '../../ssot/auth';
import { configurationSchemaChanges } from '../../ssot/configuration-manager';
import { idSchemaChanges } from '../../ssot/id-manager';
import type { SchemaChange } from '../../ssot/kernel';
import { persistenceSchemaChanges } from '../../ssot/state-persistence';
import { chatSchemaChanges } from '../../ssot/websocket-manager';

/** The whole schema in PostgreSQL: each module's own changes, handed to database-manager as data. */
export const schemaChanges: readonly SchemaChange[] = [
  ...idSchemaChanges,
  ...configurationSchemaChanges,
  ...authSchemaChanges,
  ...persistenceSchemaChanges,
  ...agentSchemaChanges,
  ...chatSchemaChanges,
];
