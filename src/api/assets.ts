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
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const OWN = ['elkhound.css', 'theme.js', 'pages.js', 'chart.js', 'logo.svg'] as const;
const UPLOT = ['uPlot.iife.min.js', 'uPlot.min.css'] as const;
export type AssetName = (typeof OWN)[number] | (typeof UPLOT)[number];

/** The assets by name. */
export class Assets {
  private readonly assets: ReadonlyMap<string, Asset>;

  /** @throws Error where a file is missing: the installation is broken */
  constructor() {
    const uplot = join(dirname(require.resolve('uplot/package.json')), 'dist');
    this.assets = new Map([
      ...OWN.map((name) => [name, readAsset(PUBLIC, name)] as const),
      ...UPLOT.map((name) => [name, readAsset(uplot, name)] as const),
    ]);
  }

  /** Address of an asset. */
  address(name: AssetName): string {
    return this.assets.get(name)!.address;
  }

  /** Serves the assets under `/assets`. */
  router(): Router {
    const router = Router({ caseSensitive: true, strict: true });
    router.get('/assets/:name', (request, response) => {
      const asset = this.assets.get(request.params.name);
      if (asset === undefined) throw new ProblemError('not_found', 'there is no such file');
      const current = request.originalUrl === asset.address;
      response.set('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'public, no-cache');
      response.type(asset.type).send(asset.body);
    });
    return router;
  }
}

function readAsset(folder: string, name: string): Asset {
  const body = readFileSync(join(folder, name));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { body, type: TYPES[name.slice(name.lastIndexOf('.') + 1)]!, address: `/assets/${name}?v=${hash}` };
}

/** The style sheet, for a report that stands alone. */
export function styleSheet(): string {
  return readFileSync(join(PUBLIC, 'elkhound.css'), 'utf8');
}
