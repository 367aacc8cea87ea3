/**
 * Version of this program, as its package says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the package: where `public/`, `dist/` and `package.json` lie. */
const PACKAGE_ROOT = join(__dirname, '..', '..');

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

/** Semantic version. */
export const VERSION = version;
