import type { Toasts } from '../state/toasts.ts';

/** Copies the whole address of a place of the page, and says so. */
export async function copyAddress(address: string, toasts: Toasts): Promise<void> {
  const whole = new URL(address, location.href).href;
  try {
    await navigator.clipboard.writeText(whole);
    toasts.say('Link copied.');
  } catch {
    // Browsers refuse where the page has no TLS.
    toasts.say(`Copy this link: ${whole}`);
  }
}
