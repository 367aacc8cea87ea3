/**
 * One server of a kind for all test files: started when the first of them asks, stopped with jest, or
 * with the suite that has it for itself.
 * The process that runs jest keeps the servers; the workers that run the files ask it over loopback.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startElasticsearch, type RunningServer, type ServerOptions } from './server.js';

/** What a test file asks for. */
export interface BrokerRequest extends ServerOptions {
  /** A suite that gives a name has the server for itself, and it is stopped with the suite. */
  readonly name?: string;
}

/** Starts servers on request. */
export class Broker {
  private readonly servers = new Map<string, Promise<RunningServer>>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Broker> {
    const broker = new Broker(createServer((request, response) => void broker.answer(request, response)));
    await new Promise<void>((resolve) => broker.server.listen(0, '127.0.0.1', resolve));
    return broker;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    const started = await Promise.allSettled(this.servers.values());
    for (const server of started) if (server.status === 'fulfilled') await server.value.stop();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    try {
      if (request.method === 'DELETE') await this.end(body);
      else response.write(JSON.stringify({ urls: (await this.serverFor(body)).urls }));
      response.end();
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  }

  private async end(body: string): Promise<void> {
    const server = this.servers.get(body);
    this.servers.delete(body);
    await (await server)?.stop();
  }

  private serverFor(body: string): Promise<RunningServer> {
    let server = this.servers.get(body);
    if (server === undefined) {
      server = startElasticsearch(JSON.parse(body) as BrokerRequest);
      this.servers.set(body, server);
    }
    return server;
  }
}
