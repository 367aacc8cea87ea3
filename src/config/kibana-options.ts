/**
 * Options of Kibana, which `setup` alone looks at.
 */
import { z } from 'zod';
import { serverAddress, withUserApart } from './address-options.js';
import { secret } from './secret-option.js';

/** Options of kibana; see each description. */
export const kibanaOptions = z
  .strictObject({
    url: serverAddress
      .optional()
      .describe('Address of Kibana, with server.basePath; without one setup leaves Kibana alone'),
    space: z
      .string()
      .optional()
      .describe('Id of the space that gets dashboards and rules (default: the space named default)'),
    apiKey: secret()
      .optional()
      .describe('API key, base64; where nothing says who asks, as elasticsearch does'),
    username: z.string().optional(),
    password: secret().optional(),
    caFile: z
      .string()
      .optional()
      .describe('PEM file of the authority that signed Kibana’s certificate (default: elasticsearch.caFile)'),
  })
  .transform((options) => withUserApart(options))
  .prefault({});
