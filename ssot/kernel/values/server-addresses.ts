const PARTS = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is;

/**
 * One address for each server that an address names, in order: `postgres://app:secret@a:5432,b/platform` names two. The login,
 * and all that follows the servers, is the same for each. A text that is no address is given back as it is.
 */
export function serverAddresses(text: string): readonly [string, ...string[]] {
  const [, before = '', servers = '', after = ''] = PARTS.exec(text) ?? [];
  const [first, ...others] = servers.split(',').map((server) => `${before}${server.trim()}${after}`);
  return before === '' || first === undefined ? [text] : [first, ...others];
}
