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

const folders = (process.env.PATH ?? '').split(delimiter);

/** Path of the browser; undefined: there is none, which a fresh machine may lack and CI installs. */
export const browserFile = process.env.CHROMIUM ?? folders.flatMap((folder) => names.map((name) => join(folder, name))).find(executable);

/** Starts it without a window, and without the sandbox, which root and containers cannot have: it sees our own page alone. */
export async function startChromium(): Promise<Browser> {
  if (!browserFile || !executable(browserFile)) {
    throw new Error(
      `The page can only be tested in a browser, and there is none${browserFile ? ` at ${browserFile}` : ''}: install the package chromium, or set CHROMIUM to one.`,
    );
  }
  return chromium.launch({ executablePath: browserFile, chromiumSandbox: false, args: ['--disable-gpu'] });
}
