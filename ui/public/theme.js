// Before the first paint: the chosen theme, or the system's. Afterwards MantineProvider keeps the attribute up to date.
(() => {
  const chosen = (() => {
    try {
      return localStorage.getItem('semstreams-theme');
    } catch {
      return null; // storage is blocked: the system decides
    }
  })();
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset.mantineColorScheme = chosen === 'dark' || chosen === 'light' ? chosen : system;
})();
