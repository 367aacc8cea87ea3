// Local times, keyboard, theme, search and quiet refreshing. Every page works without it.
(() => {
  'use strict';
  const root = document.documentElement;

  // --- Times in the reader's zone -----------------------------------------------------------
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const day = { day: 'numeric', month: 'short' };
  const format = (options) => new Intl.DateTimeFormat(undefined, options);
  const days = { today: {}, thisYear: day, other: { ...day, year: 'numeric' } };
  const formats = Object.fromEntries(
    Object.entries(days).map(([name, fields]) => [
      name,
      { full: format({ ...fields, ...clock }), precise: format({ ...fields, ...clock, second: '2-digit' }) },
    ]),
  );
  const clockOnly = format(clock);

  // As much of the date as is needed to tell which day is meant.
  function localTime(time, shape) {
    if (shape === 'clock') return clockOnly.format(time);
    const now = new Date();
    if (time.toDateString() === now.toDateString()) return formats.today[shape].format(time);
    return formats[time.getFullYear() === now.getFullYear() ? 'thisYear' : 'other'][shape].format(time);
  }

  function showLocalTimes(within) {
    for (const element of within.querySelectorAll('time[data-local]')) {
      element.textContent = localTime(new Date(element.dateTime), element.dataset.local);
    }
    for (const element of within.querySelectorAll('[data-zone]')) {
      element.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
  }

  // --- Theme --------------------------------------------------------------------------------
  const darkSystem = matchMedia('(prefers-color-scheme: dark)');
  const themeButton = document.querySelector('[data-action="theme"]');

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : darkSystem.matches;
  }

  function nameTheme() {
    if (!themeButton) return;
    themeButton.hidden = false;
    themeButton.textContent = isDark() ? 'Light' : 'Dark';
    themeButton.setAttribute('aria-label', `Use the ${isDark() ? 'light' : 'dark'} theme`);
  }

  function toggleTheme() {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem('elkhound-theme', root.dataset.theme);
    } catch {
      // Not remembered where storage is blocked.
    }
    nameTheme();
    document.dispatchEvent(new CustomEvent('elkhound:theme'));
  }

  darkSystem.addEventListener('change', () => {
    nameTheme();
    document.dispatchEvent(new CustomEvent('elkhound:theme'));
  });

  // --- Keyboard -----------------------------------------------------------------------------
  const shortcuts = document.getElementById('shortcuts');

  function moveBy(step) {
    const links = [...document.querySelectorAll('.main-link')];
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    const next =
      at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
    links[next].focus();
    links[next].scrollIntoView({ block: 'nearest' });
  }

  function search() {
    const field = document.querySelector('[data-search]');
    if (field) {
      field.closest('details').open = true;
      field.focus();
    } else location.assign('/#search');
  }

  const keys = {
    j: () => moveBy(1),
    k: () => moveBy(-1),
    '/': search,
    u: () => location.assign('/'),
    t: toggleTheme,
    '?': () => shortcuts && shortcuts.showModal(),
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    if (typing && event.key === 'Escape') typing.blur();
    if (typing || (shortcuts && shortcuts.open) || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- Refresh: only what changed is replaced; focus, scroll and open records stay -------------
  const seconds = Number(document.body.dataset.refresh);
  /** Markup of each region as the server wrote it, before times became local. */
  const sources = new WeakMap();

  function keyOf(element) {
    return element.id || element.getAttribute('href') || element.textContent.trim().slice(0, 200);
  }

  function openKeys(region) {
    return new Set([...region.querySelectorAll('details[open] > summary')].map(keyOf));
  }

  function sameIn(region, key) {
    return [...region.querySelectorAll('a, button, summary')].find((element) => keyOf(element) === key);
  }

  // What the reader looks at: where the focus is, else the first link in view.
  function anchorIn(region) {
    const focused = region.contains(document.activeElement);
    const links = [...region.querySelectorAll('a, summary')];
    const element = focused
      ? document.activeElement
      : links.find((link) => link.getBoundingClientRect().top >= 0);
    return element && { key: keyOf(element), top: element.getBoundingClientRect().top, focused };
  }

  function restore(region, anchor) {
    const element = anchor && sameIn(region, anchor.key);
    if (!element) return;
    if (anchor.focused) element.focus({ preventScroll: true });
    // At the top of the page what is new should be seen; further down nothing should move.
    if (scrollY > 0) scrollBy(0, element.getBoundingClientRect().top - anchor.top);
  }

  function replace(region, fresh) {
    const source = fresh.innerHTML;
    if (sources.get(region) === source) return;
    const anchor = anchorIn(region);
    const open = openKeys(region);
    showLocalTimes(fresh);
    for (const summary of fresh.querySelectorAll('details > summary')) {
      if (open.has(keyOf(summary))) summary.parentElement.open = true;
    }
    region.replaceChildren(...fresh.childNodes);
    sources.set(region, source);
    restore(region, anchor);
  }

  async function refresh() {
    if (document.hidden || (shortcuts && shortcuts.open) || String(getSelection()) !== '') return;
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    root.classList.toggle('stale', !response.ok);
    if (!response.ok) return;
    if (response.redirected) location.reload();
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    document.title = fresh.title;
    for (const region of document.querySelectorAll('[data-live]')) {
      const replacement = fresh.getElementById(region.id);
      if (replacement) replace(region, replacement);
    }
    document.dispatchEvent(new CustomEvent('elkhound:refreshed'));
  }

  function tellStale() {
    root.classList.add('stale');
  }

  // --- Start ----------------------------------------------------------------------------------
  for (const region of document.querySelectorAll('[data-live]')) sources.set(region, region.innerHTML);
  showLocalTimes(document);
  nameTheme();
  if (themeButton) themeButton.addEventListener('click', toggleTheme);
  for (const form of document.querySelectorAll('[data-submit-on-change]')) {
    form.addEventListener('change', () => form.requestSubmit());
  }
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-action="copy-link"]');
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    navigator.clipboard.writeText(link.href).then(
      () => (link.textContent = 'Link copied'),
      () => location.assign(link.href),
    );
  });
  if (matchMedia('(max-width: 40rem)').matches) {
    for (const details of document.querySelectorAll('[data-closed-on-phone]')) details.open = false;
  }
  if (location.hash === '#search') search();
  if (seconds > 0) setInterval(() => refresh().catch(tellStale), seconds * 1000);
})();
