'use client';

/** Light, dark, or as the system: stored in this browser and set before the first paint by `THEME_SCRIPT`. */
import { useSyncExternalStore } from 'react';
import { THEME_KEY, type ThemeChoice } from './theme-script';

export type { ThemeChoice };

const listeners = new Set<() => void>();
function read(): ThemeChoice {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}
export function chooseTheme(theme: ThemeChoice): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    /* Not stored; lost with the tab. */
  }
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useTheme(): [ThemeChoice, (theme: ThemeChoice) => void] {
  return [useSyncExternalStore<ThemeChoice>(subscribe, read, () => 'system'), chooseTheme];
}
