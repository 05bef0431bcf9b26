import type { Secret } from './secret';

/** What each module is handed as a value. Durations in milliseconds. */
export interface Settings {
  readonly server: { readonly host: string; /** 0 means any free port. */ readonly port: number };
  readonly stores: {
    readonly postgres: { readonly url: Secret; readonly ownerUrl: Secret; readonly serviceUrl: Secret };
    readonly redis: { readonly url: Secret };
    readonly clickhouse: { readonly url: Secret };
  };
  readonly identity: {
    /** Base64 of 32 bytes. */
    readonly masterKey: Secret;
    readonly operatorKey: Secret;
    readonly accessTokenMs: number;
    /** A sign-in that is not renewed for this long ends. */
    readonly sessionIdleMs: number;
    /** A sign-in ends after this long in any case. */
    readonly sessionMs: number;
  };
  readonly operations: { /** Lets operators move the platform's clock; refused in staging and production. */ readonly movableClock: boolean };
}
