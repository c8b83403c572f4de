/** Runs in the head of the page before the first paint, so that a dark page does not flash white. */
export type ThemeChoice = 'system' | 'light' | 'dark';
export const THEME_KEY = 'backstitch-theme';
export const THEME_SCRIPT = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
