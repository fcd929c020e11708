/** A real browser: Debian's Chromium, or that of CHROMIUM. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it without a window, and without the sandbox, which root and containers cannot have: it sees our own page alone. */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const file = process.env.CHROMIUM ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(executable);
  if (!file || !executable(file)) {
    throw new Error(
      `The page can only be tested in a browser, and there is none${file ? ` at ${file}` : ''}: install the package chromium, or set CHROMIUM to one.`,
    );
  }
  return chromium.launch({ executablePath: file, chromiumSandbox: false, args: ['--disable-gpu'] });
}
