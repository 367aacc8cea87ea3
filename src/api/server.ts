/**
 * The HTTP server: guards in front, then the API and the pages.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { anomalyOperations } from './anomaly-routes.js';
import { Assets } from './assets.js';
import { authenticated, Authentication, Key } from './authentication.js';
import type { ApiDependencies } from './dependencies.js';
import { entityOperations } from './entity-routes.js';
import { FailedLogins } from './failed-logins.js';
import { episodeOperations } from './episode-routes.js';
import { jobOperations } from './job-routes.js';
import { loopbackOnly, refuseOtherSites, requireKeyBeyondLoopback } from './guard.js';
import { routerOf, type Operation } from './operation.js';
import { pageRouter, sendPage } from './page-routes.js';
import type { PageFrame } from './pages/layout.js';
import { problemBody } from './pages/problem-page.js';
import { ProblemError, problemHandler, wantsPage } from './problem.js';
import { revealOperations } from './reveal-routes.js';
import { serviceOperations } from './service-routes.js';
import { sessionRouter } from './session-routes.js';
import { Sessions } from './sessions.js';
import { windowOperations } from './window-routes.js';

const REQUESTS_PER_MINUTE = 600;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Far more than people and programs need; each takes memory and a descriptor. */
const MAX_CONNECTIONS = 1000;

/**
 * The server, not yet listening.
 * @throws AppError `invalid_config` where it would be reachable from other machines without a good key
 */
export function createServer(dependencies: ApiDependencies): Server {
  requireKeyBeyondLoopback(dependencies.options);
  const server = createHttpServer(createApplication(dependencies));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function createApplication(dependencies: ApiDependencies): Express {
  const { options, clock, logger, info, onFailedLogin = () => undefined } = dependencies;
  const failed = new FailedLogins({ clock, logger, onFailure: onFailedLogin });
  const authentication =
    options.apiKey === undefined
      ? undefined
      : new Authentication(new Key(options.apiKey, 'apiKey', failed), new Sessions(clock));
  const assets = new Assets();
  const frame: PageFrame = {
    info,
    asset: (name) => assets.address(name),
    signedIn: authentication !== undefined,
  };
  const application = express();
  application.disable('x-powered-by');
  application.set('strict routing', true);
  application.set('query parser', 'simple');
  application.set('trust proxy', options.trustProxy ?? []);
  application.use(securityHeaders());
  if (authentication === undefined) application.use(loopbackOnly());
  const { probes, open, closed } = operationsOf(dependencies, failed);
  application.use(routerOf(probes), refuseOtherSites(), limited(authentication));
  application.use(assets.router(), routerOf(open));
  if (authentication !== undefined) {
    application.use(
      sessionRouter(authentication, frame),
      pagesAskForKey(authentication),
      authenticated(authentication),
    );
  }
  application.use(routerOf(closed), pageRouter(dependencies, frame));
  application.use((request) => {
    throw new ProblemError('not_found', `there is nothing at ${request.path.slice(0, 200)}`);
  });
  application.use(
    problemHandler(logger, (response, problem) => {
      response.set('Cache-Control', 'no-store').status(problem.status);
      sendPage(response, frame, { title: problem.title, body: problemBody(problem) });
    }),
  );
  return application;
}

function operationsOf(
  dependencies: ApiDependencies,
  failed: FailedLogins,
): Record<'probes' | 'open' | 'closed', Operation[]> {
  const results = [
    ...anomalyOperations(dependencies),
    ...episodeOperations(dependencies),
    ...windowOperations(dependencies),
    ...jobOperations(dependencies),
    ...entityOperations(dependencies),
    ...revealOperations(dependencies, failed),
  ];
  const all = [...serviceOperations(dependencies, results), ...results];
  return {
    probes: all.filter((entry) => entry.open === 'probe'),
    open: all.filter((entry) => entry.open === true),
    closed: all.filter((entry) => entry.open === undefined),
  };
}

/** Nothing is loaded from elsewhere, and nothing inline runs: text of a log can never become a script. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether names are served over TLS is for the proxy in front to say.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}

/** Whoever may ask has a count of their own, so that strangers at the same address do not use it up. */
function limited(authentication: Authentication | undefined): RequestHandler {
  return rateLimit({
    keyGenerator: (request) =>
      `${authentication?.waysIn(request) ?? 'stranger'} ${ipKeyGenerator(request.ip ?? '')}`,
    windowMs: 60_000,
    limit: REQUESTS_PER_MINUTE,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: () => {
      throw new ProblemError('rate_limited', 'too many requests; wait a minute');
    },
  });
}

/** A browser without a session is shown the form instead of an error. */
function pagesAskForKey(authentication: Authentication): RequestHandler {
  return (request, response, next) => {
    if (
      request.method === 'GET' &&
      wantsPage(request.path, request.headers.accept) &&
      authentication.waysIn(request) === undefined &&
      request.headers.authorization === undefined
    ) {
      response.redirect(303, '/sign-in');
    } else next();
  };
}
