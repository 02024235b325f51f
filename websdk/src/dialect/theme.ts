/** Light or dark: what the person chose, else what the browser prefers (contract 3.7, 3.14). */

import type { BootUser } from "../boot";

const DARK = "(prefers-color-scheme: dark)";

export function themeOf(page: Document, user: BootUser): 1 | 2 {
  return user.theme ?? (page.defaultView?.matchMedia?.(DARK).matches ? 2 : 1);
}

export function showTheme(page: Document, user: BootUser): void {
  page.documentElement.dataset["colorScheme"] = themeOf(page, user) === 2 ? "dark" : "light";
}

export function onThemeChange(page: Document, changed: () => void): void {
  page.defaultView?.matchMedia?.(DARK).addEventListener?.("change", changed);
}
