// Sets the chosen theme before anything is drawn; runs in the head on purpose.
(() => {
  'use strict';
  try {
    const theme = localStorage.getItem('elkhound-theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's choice stands.
  }
})();
