export * from './contract';
export type * from './prices';
