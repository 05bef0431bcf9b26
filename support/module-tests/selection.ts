/** `wanted`: what was given to `npm run test:modules`; nothing means all of them. */
export const isWhole = (wanted: readonly string[]): boolean => wanted.length === 0;
