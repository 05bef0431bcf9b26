/**
 * Makes an element: `properties` are the DOM's own, `children` are elements and texts (null is left out). A text only
 * ever becomes text, so nothing that anybody typed or a server said is read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
export const find = (selector, within = document) => findAs(HTMLElement, selector, within);

/**
 * The element of this kind. Throws when the page has none.
 *
 * @template {Element} T
 * @param {{ new (): T }} kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function findAs(kind, selector, within = document) {
  const element = within.querySelector(selector);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${kind.name} "${selector}"`);
}

/**
 * Reads something out to people who do not see the page.
 *
 * @param {string} text
 */
export function announce(text) {
  find('#announcer').textContent = text;
}

/**
 * What a person is told of something that did not work; nothing clears it.
 *
 * @param {ParentNode} within
 * @param {string} [text]
 */
export function refuse(within, text = '') {
  find('.refusal', within).textContent = text;
}

/**
 * Runs what a button asks for; until it is answered, the button cannot ask again, and then it has the focus that it lost by
 * that. A refusal is told within the element.
 *
 * @param {ParentNode} within
 * @param {HTMLButtonElement | null} button
 * @param {() => Promise<unknown>} action
 */
export async function attempt(within, button, action) {
  refuse(within);
  const hadFocus = button !== null && document.activeElement === button;
  if (button !== null) button.disabled = true;
  try {
    await action();
  } catch (refusal) {
    refuse(within, messageOf(refusal));
  } finally {
    if (button !== null) button.disabled = false;
    if (hadFocus && document.activeElement === document.body) button.focus();
  }
}

/** @param {unknown} failure */
export const messageOf = (failure) => (failure instanceof Error ? failure.message : String(failure));
