import fc from 'fast-check';
import { escapeHtml, html } from '../../src/api/pages/html.js';
import { fromPathSegment, pathSegment } from '../../src/api/pages/links.js';

const anything = fc.string({ unit: 'binary', maxLength: 60 });

describe('html', () => {
  it('never lets a value become markup', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { text: markup } = html`<a title="${text}">${text}</a>`;
        expect(markup.replace(/^<a title="[^"<>]*">[^"<>]*<\/a>$/s, '')).toBe('');
      }),
    );
  });

  it('keeps what escaping must keep: decoded entities give the text back', () => {
    const decode = (markup: string): string =>
      markup.replace(
        /&(lt|gt|quot|amp|#39|#96);/g,
        (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'", '#96': '`' })[name]!,
      );
    fc.assert(fc.property(fc.string(), (text) => decode(escapeHtml(text)) === text));
  });

  it('writes out characters that would make a name look like another', () => {
    expect(escapeHtml('admin\u202egpj.exe\u0000\u200b')).toBe('admin\\u202egpj.exe\\u0000\\u200b');
    expect(escapeHtml('line\nof\ttext, grüß, 日本, 🦌')).toBe('line\nof\ttext, grüß, 日本, 🦌');
  });

  it('shows nothing for what is absent, and lists one after the other', () => {
    expect(html`${null}${undefined}${false}${['<', html`<b>${0}</b>`, [1]]}`.text).toBe('&lt;<b>0</b>1');
  });
});

describe('links', () => {
  it('lead back to any id, through what browsers and routers do to paths', () => {
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.constantFrom('.', '..', '../..', '/', 'a/../b', '?x#y', '%', '\\')),
        (id) => {
          fc.pre(id !== '' && !/\p{Surrogate}/u.test(id));
          const { pathname } = new URL(`http://localhost/entities/host/${pathSegment(id)}`);
          const segments = pathname.split('/');
          expect(segments).toHaveLength(4);
          expect(fromPathSegment(decodeURIComponent(segments[3]!))).toBe(id);
        },
      ),
    );
  });

  it('survive half of a surrogate pair', () => {
    expect(pathSegment('a\ud800')).toBe(encodeURIComponent('a\ufffd'));
  });
});
