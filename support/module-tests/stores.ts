import { after } from 'node:test';
import { Connections } from '../../world/stores/connections';

/**
 * The real stores of this run, with the platform's whole schema, shared by all service tests of the process: opened when
 * first asked for and closed after the last test. Rows are kept apart by ids of one's own, so nothing is cleaned up.
 */
export const stores = new Connections();

after(() => stores[Symbol.asyncDispose]());
