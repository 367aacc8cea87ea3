/**
 * HTML that escapes by default: only text written in a template is markup, every value is text.
 */

/** Markup that is safe to send. Only {@link html} and {@link markup} make one. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template; nothing is shown for null, undefined, false and the empty list. */
export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[];

/** Markup of a template; values that are not {@link Html} are escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  let text = strings[0]!;
  values.forEach((value, position) => {
    text += render(value) + strings[position + 1]!;
  });
  return new Html(text);
}

/** Marks text that this project itself wrote (a style sheet, an icon) as markup. */
export function markup(trusted: string): Html {
  return new Html(trusted);
}

function render(value: Fragment): string {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Control characters other than tab and line feed, and those that turn the direction of text around. */
const DECEPTIVE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text for an element or a quoted attribute. Characters that could make a name look like
 * another one are written out (`\u202e`): logs hold names that attackers chose.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(DECEPTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}
