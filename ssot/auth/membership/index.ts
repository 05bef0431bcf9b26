export { Membership } from './membership';
export type { PersonRow } from './person-rows';
