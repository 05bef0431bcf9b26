import { createHash } from 'node:crypto';

/** Of a client of Redis what running a script needs. */
interface ScriptRunner {
  evalsha(sha: string, keyCount: number, ...keysAndValues: (string | number)[]): Promise<unknown>;
  eval(text: string, keyCount: number, ...keysAndValues: (string | number)[]): Promise<unknown>;
}

/** A script that Redis runs as one step. It checks everything before its first write, because it cannot be undone. */
export class Script {
  readonly sha: string;

  constructor(readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  /** By its digest; sent whole only when Redis does not know it, for instance after it lost its memory. */
  async runOn(redis: ScriptRunner, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.text, keys.length, ...keys, ...values);
    }
  }
}
