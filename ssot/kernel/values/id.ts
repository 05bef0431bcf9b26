declare const brand: unique symbol;

/** A name as id-manager gives it: `thread_01m813dzb7e07rnws8tmrd8jfy`. Only id-manager makes values of this type. */
export type Id<K extends string = string> = string & { readonly [brand]: K };

export type TenantId = Id<'tenant'>;
export type UserId = Id<'user'>;
export type SessionId = Id<'session'>;
export type ThreadId = Id<'thread'>;
export type RunId = Id<'run'>;
export type EventId = Id<'event'>;
export type CallId = Id<'call'>;
export type ConnectionId = Id<'conn'>;
