/**
 * Jobs: what each reads and scores, where it differs from the top level.
 */
import { AppError } from '../domain/error.js';
import type { Config } from './schema.js';

/** The configuration of each job: the whole, as if the job were the only one. */
export function jobConfigs(config: Config): Config[] {
  if (config.jobs.length === 0) return [config];
  const { elasticsearch, schedule } = config;
  return config.jobs.map((job) => {
    return {
      ...config,
      job: job.name,
      jobs: [],
      entities: job.entities ?? config.entities,
      elasticsearch: {
        ...elasticsearch,
        indices: job.indices ?? elasticsearch.indices,
        fields: job.fields ?? elasticsearch.fields,
        filter: job.filter ?? elasticsearch.filter,
      },
      schedule: { ...schedule, windowLength: job.windowLength ?? schedule.windowLength },
    };
  });
}

/** Index expressions that any job reads, each once. */
export function indicesOf(config: Config): string[] {
  return [...new Set(jobConfigs(config).flatMap(({ elasticsearch }) => elasticsearch.indices))];
}

/**
 * The configuration of the job that a command is about.
 * @param name may be missing where there is one job
 * @throws AppError `invalid_option` that names the jobs there are
 */
export function jobConfig(config: Config, name: string | undefined): Config {
  const all = jobConfigs(config);
  const found = name === undefined && all.length === 1 ? all[0] : all.find(({ job }) => job === name);
  if (found) return found;
  const names = all.map(({ job }) => job).join(', ');
  const got = name === undefined ? 'there are several jobs' : `there is no job "${name}"`;
  throw new AppError('invalid_option', `--job: ${got}; expected one of ${names}`);
}
