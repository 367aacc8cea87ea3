import { extrasOf } from '../../src/kibana/install/rules.js';

describe('rules', () => {
  it('tell of severe episodes, and of a time without any window', () => {
    const rules = extrasOf('default').filter(({ title }) => title.startsWith('rule'));
    const [episodes, silence] = rules.map(
      ({ create }) => create.body as { params: { esQuery: string }; actions: unknown },
    );
    expect(episodes).toMatchObject({
      params: {
        index: ['logs-elkhound.alert-default'],
        timeField: 'event.ingested',
        ...{ thresholdComparator: '>', threshold: [0], excludeHitsFromPreviousRun: true },
      },
      actions: [{ params: { level: 'warn' }, frequency: { notify_when: 'onActiveAlert' } }],
    });
    expect(episodes!.params.esQuery).toContain('"event.severity":{"gte":73}');
    expect(silence).toMatchObject({
      params: {
        index: ['elkhound-windows-*'],
        timeField: 'event.created',
        ...{ timeWindowSize: 30, timeWindowUnit: 'm', thresholdComparator: '<', threshold: [1] },
      },
      actions: [{ params: { level: 'error' }, frequency: { notify_when: 'onActionGroupChange' } }],
    });
  });

  it('use the connector that is made before them, of a type that costs nothing', () => {
    const extras = extrasOf('default');
    const connector = extras.find(({ title }) => title.startsWith('connector'))!;
    expect(connector.create.body).toMatchObject({ connector_type_id: '.server-log' });
    const rules = extras.filter(({ title }) => title.startsWith('rule'));
    expect(rules).toHaveLength(2);
    for (const { create, replace } of rules) {
      const { actions } = create.body as { actions: { id: string }[] };
      expect(actions.map(({ id }) => `/api/actions/connector/${id}`)).toEqual([connector.create.path]);
      expect(Object.keys(replace.body!)).not.toContain('rule_type_id');
    }
  });
});
