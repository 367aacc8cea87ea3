/**
 * Styles, scripts and uPlot, read once at the start: an address can only name one of these.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Router } from 'express';
import { ProblemError } from './problem.js';

interface Asset {
  readonly body: Buffer;
  readonly type: string;
  /** Address with the hash of the content, so that it can be kept for good. */
  readonly address: string;
}

/** `public/` lies beside `src/` and beside `dist/`. */
const PUBLIC = join(__dirname, '../../public');
const UPLOT = join(dirname(require.resolve('uplot/package.json')), 'dist');
/** Parts of the style sheet, in the order in which they overrule each other. */
const STYLES = ['base', 'frame', 'episodes', 'finding', 'coverage', 'adaptation'] as const;

const STYLE_SHEET = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Names of the assets. */
export type AssetName =
  'elkhound.css' | 'theme.js' | 'pages.js' | 'chart.js' | 'logo.svg' | 'uPlot.css' | 'uPlot.js';

/** The assets by name. */
export class Assets {
  private readonly assets: ReadonlyMap<string, Asset>;

  /** @throws Error where a file is missing: the installation is broken */
  constructor() {
    const assets: Readonly<Record<AssetName, Asset>> = {
      'elkhound.css': asset('elkhound.css', STYLE_SHEET, Buffer.from(styleSheet())),
      'theme.js': asset('theme.js', SCRIPT, readFileSync(join(PUBLIC, 'theme.js'))),
      'pages.js': asset('pages.js', SCRIPT, readFileSync(join(PUBLIC, 'pages.js'))),
      'chart.js': asset('chart.js', SCRIPT, readFileSync(join(PUBLIC, 'chart.js'))),
      'logo.svg': asset('logo.svg', 'image/svg+xml', readFileSync(join(PUBLIC, 'logo.svg'))),
      'uPlot.css': asset('uPlot.css', STYLE_SHEET, readFileSync(join(UPLOT, 'uPlot.min.css'))),
      'uPlot.js': asset('uPlot.js', SCRIPT, readFileSync(join(UPLOT, 'uPlot.iife.min.js'))),
    };
    this.assets = new Map(Object.entries(assets));
  }

  /** Address of an asset. */
  address(name: AssetName): string {
    return this.assets.get(name)!.address;
  }

  /** Serves the assets under `/assets`. */
  router(): Router {
    const router = Router({ caseSensitive: true, strict: true });
    router.get('/assets/:name', (request, response) => {
      const found = this.assets.get(request.params.name);
      if (found === undefined) throw new ProblemError('not_found', 'there is no such file');
      const current = request.originalUrl === found.address;
      response.set('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'public, no-cache');
      response.type(found.type).send(found.body);
    });
    return router;
  }
}

function asset(name: AssetName, type: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { body, type, address: `/assets/${name}?v=${hash}` };
}

/** The whole style sheet; a report carries it within. */
export function styleSheet(): string {
  return STYLES.map((part) => readFileSync(join(PUBLIC, 'styles', `${part}.css`), 'utf8')).join('\n');
}
