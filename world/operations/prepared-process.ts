import { createRequire } from 'node:module';
import '../../platform';
import { BECOME } from './process-figures';

/*
 * A process that has loaded the platform and waits to be told which instance it is: then it runs `platform/main.ts`, as any
 * other does. It goes with its parent, whether it was told or not.
 */
const leave = (): never => process.exit();
const become = ({ type, variables }: { type?: unknown; variables?: NodeJS.ProcessEnv }): void => {
  if (type !== BECOME) return;
  process.off('message', become).off('disconnect', leave);
  Object.assign(process.env, variables);
  createRequire(__filename)('../../platform/main');
};
process.on('message', become).on('disconnect', leave);
