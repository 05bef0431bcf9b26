/**
 * Makes an element: `properties` are the DOM's own, `children` are elements and texts (null is left out). A text only
 * ever becomes text, so nothing that anybody typed or a server said is read as HTML.
 */
export function el(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const find = (selector, within = document) => within.querySelector(selector);

/** Reads something out to people who do not see the page. */
export function announce(text) {
  find('#announcer').textContent = text;
}

/** What a person is told of something that did not work; nothing clears it. */
export function refuse(within, text = '') {
  find('.refusal', within).textContent = text;
}
