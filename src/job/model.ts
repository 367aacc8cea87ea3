/**
 * The fitted detectors of a job, by site and entity kind, and how they are stored.
 */
import { AppError } from '../domain/error.js';
import type { Forgotten } from '../domain/forgotten.js';
import { parseJson } from '../domain/json.js';
import { ENTITY_KINDS, type EntityKind } from '../domain/matrix.js';
import { Ensemble, type EnsembleSnapshot } from '../detectors/ensemble.js';
import { forgetInEnsemble } from '../detectors/forget.js';
import type { ModelSnapshot } from '../detectors/ports.js';
import { featureNamed, featuresOf } from '../features/catalogue.js';

/** Version of a model's payload; a newer one is refused. */
export const MODEL_VERSION = 2;
const DAY_MS = 86_400_000;

/** What a model was fitted on. */
export interface ModelOrigin {
  readonly id: string;
  readonly job: string;
  readonly createdAtMs: number;
  readonly fittedFromMs: number;
  readonly fittedToMs: number;
  /** It scores the windows that it was fitted on, for lack of history. */
  readonly selfTrained: boolean;
}

interface Payload {
  readonly ensembles: readonly {
    readonly site: string;
    readonly kind: EntityKind;
    readonly features: readonly string[];
    readonly ensemble: EnsembleSnapshot;
  }[];
}

/** Detectors of a job. Kinds without enough rows have none: only behavior rules speak there. */
export class Model {
  constructor(
    readonly origin: ModelOrigin,
    private readonly ensembles: ReadonlyMap<string, Ensemble>,
  ) {}

  ensemble(site: string, kind: EntityKind): Ensemble | undefined {
    return this.ensembles.get(keyOf(site, kind));
  }

  get historyDays(): number {
    return (this.origin.fittedToMs - this.origin.fittedFromMs) / DAY_MS;
  }

  toSnapshot(): ModelSnapshot {
    const ensembles = [...this.ensembles].map(([key, ensemble]) => {
      const [kind, site] = splitKey(key);
      return {
        site,
        kind,
        features: featuresOf(kind).map(({ name }) => name),
        ensemble: ensemble.toSnapshot(),
      };
    });
    const payload: Payload = { ensembles };
    return { ...this.origin, version: MODEL_VERSION, payload: JSON.stringify(payload) };
  }

  /**
   * Whether an earlier version has fitted it, in another form or on other features: it has to be
   * fitted anew.
   * @throws AppError `unsupported_schema` for a model of a newer version
   */
  static isObsolete({ version, payload, id }: ModelSnapshot): boolean {
    if (version > MODEL_VERSION) {
      throw new AppError(
        'unsupported_schema',
        `model ${id} was fitted by a newer elkhound (version ${String(version)}, this one knows ${String(MODEL_VERSION)}): install that version or a later one, or give the job another name`,
      );
    }
    if (version < MODEL_VERSION) return true;
    return (JSON.parse(payload) as Payload).ensembles.some(
      ({ kind, features }) => features.join() !== namesOf(kind),
    );
  }

  /** @throws AppError `unsupported_schema` for a model of another version or another feature catalogue */
  static fromSnapshot({ version, payload, ...origin }: ModelSnapshot): Model {
    if (version !== MODEL_VERSION) {
      throw new AppError(
        'unsupported_schema',
        `model ${origin.id} has version ${String(version)}; this program reads version ${String(MODEL_VERSION)}`,
      );
    }
    const { ensembles } = JSON.parse(payload) as Payload;
    const known = ensembles.map(({ site, kind, features, ensemble }): [string, Ensemble] => {
      if (features.join() !== namesOf(kind)) {
        throw new AppError('unsupported_schema', `model ${origin.id} was fitted on other ${kind} features`);
      }
      return [keyOf(site, kind), Ensemble.fromSnapshot(ensemble, featureNamed)];
    });
    return new Model(origin, new Map(known));
  }
}

/** Names of the features of a kind, as one text. */
function namesOf(kind: EntityKind): string {
  return featuresOf(kind)
    .map(({ name }) => name)
    .join();
}

/** A model's payload without somebody's own histories, and how many there were; undefined where it is none. */
export function forgetInPayload(
  payload: string,
  who: Forgotten,
): { payload: string; found: number } | undefined {
  const { ensembles, ...rest } = (parseJson(payload) ?? {}) as Partial<Payload>;
  if (!Array.isArray(ensembles)) return undefined;
  let found = 0;
  const kept = (ensembles as Payload['ensembles']).map((one) => {
    const scrubbed = forgetInEnsemble(one.ensemble, who);
    found += scrubbed.found;
    return { ...one, ensemble: scrubbed.value };
  });
  return found === 0 ? { payload, found } : { payload: JSON.stringify({ ...rest, ensembles: kept }), found };
}

function keyOf(site: string, kind: EntityKind): string {
  return `${kind} ${site}`;
}

function splitKey(key: string): [EntityKind, string] {
  const kind = ENTITY_KINDS.find((name) => key.startsWith(`${name} `))!;
  return [kind, key.slice(kind.length + 1)];
}

/** Builds a model from ensembles as they are fitted. */
export class ModelBuilder {
  private readonly ensembles = new Map<string, Ensemble>();

  add(site: string, kind: EntityKind, ensemble: Ensemble): void {
    this.ensembles.set(keyOf(site, kind), ensemble);
  }

  build(origin: ModelOrigin): Model {
    return new Model(origin, this.ensembles);
  }
}
