/**
 * Where the server listens.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../domain/error.js';

/** Port that is tried first where none is configured. */
export const DEFAULT_PORT = 4600;
const TRIED_PORTS = 20;

/**
 * Listens on the configured port, else on 4600 or the next free one.
 * @returns the address for a browser, such as `http://127.0.0.1:4600`
 * @throws AppError `invalid_config` where the port or address cannot be had
 */
export async function listen(server: Server, host: string, port: number | undefined): Promise<string> {
  const ports =
    port === undefined ? Array.from({ length: TRIED_PORTS }, (_, step) => DEFAULT_PORT + step) : [port];
  for (const candidate of ports) {
    const failure = await tryToListen(server, host, candidate);
    if (failure === undefined) return addressOf(server);
    if (failure.code !== 'EADDRINUSE' || candidate === ports.at(-1)) throw refusal(failure, host, candidate);
  }
  throw new AppError('internal', 'api.port: no port was tried');
}

function tryToListen(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      resolve(error);
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve(undefined);
    };
    server.once('error', failed).once('listening', listening);
    server.listen({ host, port, exclusive: true });
  });
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is in use by another program; choose another port',
    EACCES: 'needs more rights; choose a port above 1023',
    EADDRNOTAVAIL: 'is no address of this machine; use 127.0.0.1 or 0.0.0.0',
  };
  const reason = reasons[error.code ?? ''] ?? `cannot be listened on (${error.code ?? 'unknown reason'})`;
  return new AppError('invalid_config', `api.port: ${host}:${String(port)} ${reason}`, { cause: error });
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}
