/** What travels between the page and the platform, as its type checks see it. Nothing of this file reaches a browser. */
import type { Report } from '../../ssot/agent-registry';
import type { ThreadEvent } from '../../ssot/kernel';
import type { ControlData, ControlType } from '../../ssot/websocket-manager';

export type { Report, ThreadEvent };
export type Trend = NonNullable<Report['trend']>;

/** A control message of `chat.v1`: it carries no number. */
export type ControlMessage = {
  [T in ControlType]: {
    readonly v: 1;
    readonly type: T;
    readonly threadId: string | null;
    readonly at: string;
    readonly data: ControlData[T];
  };
}[ControlType];

export interface Thread {
  readonly threadId: string;
  readonly title: string;
  readonly createdAt: string;
}

/** A question that the platform does not have yet. */
export interface Question {
  /** Null until it has a thread: the question itself names one. */
  threadId: string | null;
  /** Stays the same however often it is sent, so that it is taken once. */
  readonly clientMessageId: string;
  readonly text: string;
  /** Why it was not taken. */
  refusal: string | null;
}

/** Who is signed in. */
export interface Me {
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly company: string;
  readonly permissions: readonly string[];
  /** How this sign-in was proven. */
  readonly methods: readonly string[];
  /** `due`: the company asks for one. */
  readonly secondFactor: 'set_up' | 'none' | 'due';
}

/** What somebody has signed in with. */
export interface Device {
  readonly sessionId: string;
  readonly name: string | null;
  readonly isThis: boolean;
  readonly signedInAt: string;
  readonly lastUsedAt: string;
  readonly connections: readonly OpenTab[];
}
export interface OpenTab {
  readonly connectionId: string;
  readonly openedAt: string;
  readonly threads: readonly { readonly threadId: string; readonly sentSeq: number }[];
}

export interface SharedReport {
  readonly runId: string;
  readonly userId: string;
  readonly author: string;
  readonly publishedAt: string;
  readonly report: Report;
}

/** What the page uses of a `WebSocket`. */
export interface Socket {
  readonly readyState: number;
  onmessage: ((message: { data: string }) => void) | null;
  onclose: ((close: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(): void;
}

export type ConnectionState = 'connecting' | 'live' | 'lost' | 'closed';

/** Whoever is told what happens on the live connection. */
export interface ConnectionEvents {
  event(event: ThreadEvent): void;
  control(message: ControlMessage): void;
  /** `inMs`: how long until the next try, of `lost`. */
  state(is: ConnectionState, inMs?: number): void;
  /** There is nothing to come back to as this person; `reason` is the platform's code, where it gave one. */
  over(reason: string): void;
}

/** The sign-in behind the connection. */
export interface TokenSource {
  readonly isSignedIn: boolean;
  /** Negative once the token should be renewed. */
  readonly freshForMs: number;
  token(): Promise<string>;
}

/** Time and chance, so that both can be tested. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Answers how to call it off. */
  after(ms: number, then: () => void): () => void;
}
