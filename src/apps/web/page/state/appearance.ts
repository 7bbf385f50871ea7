/** `auto`: as the device is set. */
export type Appearance = 'auto' | 'light' | 'dark';

const key = 'appearance';

/** What was chosen in this browser. */
export function readAppearance(): Appearance {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Shows the page like that, and keeps it for the next time. */
export function setAppearance(appearance: Appearance): void {
  document.documentElement.dataset['appearance'] = appearance;
  if (appearance === 'auto') localStorage.removeItem(key);
  else localStorage.setItem(key, appearance);
}
