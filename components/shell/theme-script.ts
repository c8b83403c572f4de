/** Runs in the page's head, before the first paint: a dark room must not flash. */
export type ThemeChoice = 'system' | 'light' | 'dark';
export const THEME_KEY = 'backstitch-theme';
export const THEME_SCRIPT = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
