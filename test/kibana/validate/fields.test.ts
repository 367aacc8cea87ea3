import { INDICES } from '../../../src/documents/indices.js';
import { indexPattern } from '../../../src/documents/index-definition.js';
import { ECS_LOG_FIELDS } from '../validator/ecs-fields.js';
import { fieldsOf } from '../validator/fields.js';
import { ECS_FIELDS } from '../../../src/normalize/ecs-fields.js';

/** Read as well, though ECS does not have them. */
const NO_ECS =
  /^(label$|connection\.|flow\.|fortinet\.|juniper\.|log\.offset$|netflow\.|sophos\.|system\.auth\.|winlog\.|zeek\.|(client|server)\.ip_bytes$)/;

describe('the fields of a data view', () => {
  it.each(INDICES.map((definition) => [definition.name, definition] as const))(
    'of %s are those that it maps',
    (_name, definition) => {
      const known = fieldsOf(indexPattern(definition))!;
      const unparsed = Object.entries(definition.fields).filter(
        ([, field]) => 'type' in field && field.type === 'object',
      );
      const mapped = Object.keys(definition.fields);
      expect([...known.keys(), ...unparsed.map(([name]) => name)].sort()).toEqual(mapped.sort());
    },
  );

  it('of logs are those of ECS, among them all that are read', () => {
    expect(fieldsOf('logs-*,filebeat-*,-logs-elkhound.*')).toEqual(ECS_LOG_FIELDS);
    const read = ECS_FIELDS.filter((field) => !NO_ECS.test(field));
    expect(read.length).toBeGreaterThan(40);
    expect(read.filter((field) => !ECS_LOG_FIELDS.has(field))).toEqual([]);
  });

  it('say what each can be asked for', () => {
    const fields = fieldsOf('elkhound-alerts-*')!;
    const names = [
      '@timestamp',
      'event.kind',
      'elkhound.score',
      'message',
      'source.ip',
      'elkhound.basis.degraded',
    ];
    expect(names.map((name) => fields.get(name))).toEqual([
      'date',
      'string',
      'number',
      'text',
      'ip',
      'boolean',
    ]);
    expect(ECS_LOG_FIELDS.get('event.original')).toBe('unindexed');
  });

  it('of several indices are those that all have, of one kind', () => {
    const fields = fieldsOf('elkhound-alerts-*, logs-*')!;
    expect(fields.get('source.ip')).toBe('ip');
    expect(fields.has('elkhound.severity')).toBe(false);
    expect(fields.has('network.bytes')).toBe(false);
  });

  it.each(['elkhound-alert-*', '-logs-*', 'logs-*,elkhound-nothing'])('of %s are not known', (title) => {
    expect(fieldsOf(title)).toBeUndefined();
  });
});
