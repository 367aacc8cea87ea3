/**
 * Options of normalize.
 */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const network = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text), 'expected a network such as "10.0.0.0/8"');

/** Options of normalize; see each description. */
export const normalizeOptions = z
  .strictObject({
    ownNetworks: z
      .array(network)
      .default([])
      .describe('Own networks beside RFC 1918, 100.64/10, fc00::/7 and fe80::/10'),
    site: z.string().min(1).default('default').describe('Site of events whose source does not say'),
    timeZone: z.string().default('UTC').describe('IANA zone of log lines that name none'),
    maxWindowMb: z
      .number()
      .int()
      .min(1)
      .default(512)
      .describe(
        'Memory that the events of one window and site may take, MB; what comes beyond it is left out and counted',
      ),
    ignore: z
      .strictObject({
        loopback: z.boolean().default(true).describe('Leave out events between loopback addresses'),
        networks: z.array(network).default([]).describe('Leave out events from or to these networks'),
        ports: z
          .array(z.number().int().min(0).max(65535))
          .default([])
          .describe('Leave out events to these ports'),
        domains: z
          .array(z.string().min(1))
          .default([])
          .describe('Leave out events about these domains and those below'),
      })
      .prefault({}),
  })
  .prefault({});

export type NormalizeOptions = z.output<typeof normalizeOptions>;
