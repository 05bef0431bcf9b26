import { servicePrincipal } from '../kernel';

/** Sign-ins, renewals and what operators do. On connections of its own: nobody's relays wait for a crowd at the door. */
export const AUTH = servicePrincipal('auth', { connections: 2 });

/** What companies look up and change of their people, keys and factors, as often as they like: no sign-in waits for it. */
export const ACCOUNTS = servicePrincipal('accounts', { connections: 2 });

/** Whether a sign-in still counts, which every call and every connection asks: it waits for nobody's sign-in either. */
export const AUTHORITY = servicePrincipal('authority', { connections: 2 });
