/**
 * Signing in and out of the pages with the API key.
 */
import express, { Router, type Request } from 'express';
import type { Authentication } from './authentication.js';
import type { PageFrame } from './pages/layout.js';
import { signInBody } from './pages/sign-in-page.js';
import { sendPage } from './page-routes.js';
import { ProblemError } from './problem.js';

const MAX_FORM = '4kb';

/** Form, session cookie, and the end of it. */
export function sessionRouter(authentication: Authentication, frame: PageFrame): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/sign-in', (_request, response) => {
    sendPage(response, frame, { title: 'Sign in', body: signInBody() });
  });
  router.post(
    '/sign-in',
    sameOrigin,
    express.urlencoded({ extended: false, limit: MAX_FORM }),
    (request, response) => {
      const key = (request.body as { key?: unknown } | undefined)?.key;
      if (typeof key === 'string' && authentication.key.accepts(key, request)) {
        authentication.signIn(request, response);
        response.redirect(303, '/');
      } else {
        sendPage(response.status(401), frame, { title: 'Sign in', body: signInBody('This is not the key.') });
      }
    },
  );
  router.post('/sign-out', sameOrigin, (request, response) => {
    authentication.signOut(request, response);
    response.redirect(303, '/sign-in');
  });
  return router;
}

/** Forms of other sites are refused; browsers say where a form came from. */
function sameOrigin(request: Request, _response: unknown, next: () => void): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  // The proxy in front may have another name than this server; what it says counts where it is trusted.
  const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host);
  if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    throw new ProblemError('forbidden', 'This form was sent by another site.');
  }
  next();
}
