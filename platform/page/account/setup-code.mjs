const SVG = 'http://www.w3.org/2000/svg';

/**
 * A QR code as a picture, dark on light whatever the page's colours are.
 *
 * @param {readonly string[]} rows "1" is dark
 */
export function qrImage(rows) {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 0 ${rows.length} ${rows.length}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', 'QR code for your authenticator app');
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('d', pathOf(rows));
  picture.append(dark);
  return picture;
}

/**
 * One square for each dark place.
 *
 * @param {readonly string[]} rows
 */
export const pathOf = (rows) =>
  rows.flatMap((row, y) => Array.from(row, (place, x) => (place === '1' ? `M${x} ${y}h1v1h-1z` : ''))).join('');

/**
 * What is typed where nothing can be scanned, in groups of four.
 *
 * @param {string} uri otpauth:
 */
export const secretOf = (uri) => (new URL(uri).searchParams.get('secret') ?? '').replace(/(.{4})(?=.)/g, '$1 ');
