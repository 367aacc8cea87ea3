/**
 * Checks of the things that accessibility audits find most often, run inside the page.
 */
import type { Page } from 'playwright-core';

/** What is wrong with the page as a document. */
export function documentFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const all = [...document.querySelectorAll<HTMLElement>('body *')];
    const visible = (element: Element): boolean => element.getClientRects().length > 0;
    const name = (element: Element): string =>
      (element.getAttribute('aria-label') ?? element.textContent).trim() ||
      (element.getAttribute('title') ?? '');
    if (document.documentElement.lang !== 'en') faults.push('no language');
    if (document.querySelectorAll('main').length !== 1) faults.push('not exactly one main');
    if (document.querySelectorAll('h1').length !== 1) faults.push('not exactly one h1');
    const ids = all.map(({ id }) => id).filter((id) => id !== '');
    for (const id of new Set(ids.filter((id, position) => ids.indexOf(id) !== position)))
      faults.push(`id twice: ${id}`);
    for (const element of document.querySelectorAll('a[href], button')) {
      if (visible(element) && name(element) === '') faults.push(`no name: ${element.outerHTML.slice(0, 80)}`);
    }
    for (const element of document.querySelectorAll<HTMLInputElement>('input, select')) {
      if ((element.labels?.length ?? 0) === 0) faults.push(`no label: ${element.name}`);
    }
    for (const element of document.querySelectorAll('img:not([alt])'))
      faults.push(`no alt: ${element.outerHTML}`);
    for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
      for (const id of `${element.getAttribute('aria-labelledby') ?? ''} ${element.getAttribute('aria-describedby') ?? ''}`
        .trim()
        .split(/ +/)) {
        if (document.getElementById(id) === null) faults.push(`refers to nothing: ${id}`);
      }
    }
    let level = 0;
    for (const heading of [...document.querySelectorAll('h1, h2, h3, h4')].filter(visible)) {
      const next = Number(heading.tagName.slice(1));
      if (next > level + 1) faults.push(`heading skips a level: ${heading.textContent}`);
      level = next;
    }
    for (const cell of document.querySelectorAll('th:not([scope])'))
      faults.push(`th without scope: ${cell.textContent}`);
    return faults;
  });
}

/** Texts whose contrast with what lies behind them is below WCAG AA. */
export function contrastFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Color = [number, number, number, number];
    const parse = (text: string): Color => {
      const parts = (/\(([^)]+)\)/.exec(text)?.[1] ?? '0 0 0 / 0')
        .split(/[,\s/]+/)
        .filter(Boolean)
        .map(Number);
      const scale = text.startsWith('color(') ? 255 : 1;
      const numbers = text.startsWith('color(')
        ? text
            .replace(/.*srgb /, '')
            .replace(')', '')
            .split(/[\s/]+/)
            .filter(Boolean)
            .map(Number)
        : parts;
      return [numbers[0]! * scale, numbers[1]! * scale, numbers[2]! * scale, numbers[3] ?? 1];
    };
    const luminance = ([red, green, blue]: Color): number => {
      const [r, g, b] = [red, green, blue].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element): Color => {
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color[3] === 1) return color;
      }
      return [255, 255, 255, 1];
    };
    const faults = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement!;
      const text = node.textContent!.trim();
      if (text === '' || element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const color = parse(element instanceof SVGElement ? style.fill : style.color);
      const [light, dark] = [luminance(color), luminance(behind(element))].sort((a, b) => b - a) as [
        number,
        number,
      ];
      const contrast = (light + 0.05) / (dark + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5))
        faults.add(
          `${contrast.toFixed(2)} "${text.slice(0, 40)}" in ${element.className || element.tagName}`,
        );
    }
    return [...faults];
  });
}
