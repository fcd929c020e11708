/** Bundles the example page into dist/example: `make build`. One script and one style sheet, nothing inline, nothing from elsewhere. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..', '..');
const source = join(root, 'src', 'react', 'example');
const target = join(root, 'dist', 'example');

/** Builds the page; the test of it builds the same into a folder of its own. */
export function buildExample(outdir = target): void {
  rmSync(outdir, { recursive: true, force: true });
  buildSync({
    entryPoints: { app: join(source, 'main.tsx') },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) copyFileSync(join(source, file), join(outdir, file));
}

if (require.main === module) buildExample();
