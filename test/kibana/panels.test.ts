import { allSavedObjects } from '../../src/kibana/objects.js';
import { panelsOf } from '../../src/kibana/panel-types.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { fill } from './fill.js';
import { dashboardsOf, fillControls, fillPanels, isFilled, type Source } from './query/panels.js';
import type { TimeRange } from './query/scope.js';
import { searchOn } from './query/search.js';

const FILL_TIMEOUT_MS = 600_000;
const INVESTIGATE = 'elkhound-entity';
const objects = allSavedObjects();
const dashboards = dashboardsOf(objects);

describeElasticsearch(
  'dashboards over the logs of a few days, and what was found in them',
  (server) => {
    let range: TimeRange;
    beforeAll(async () => {
      range = await fill(server().url);
    }, FILL_TIMEOUT_MS);

    const source = (chosen: Record<string, string> = {}): Source => ({
      search: searchOn(server().url),
      objects,
      range,
      chosen: Object.entries(chosen).map(([field, value]) => ({ term: { [field]: value } })),
    });
    const emptyPanels = async (id: string, chosen: Record<string, string>): Promise<string[]> => {
      const results = await fillPanels(
        source(chosen),
        dashboards.find((each) => each.id === id)!,
      );
      return results.filter((result) => !isFilled(result)).map(({ panel }) => panel.title);
    };

    describe.each(dashboards.map((dashboard) => [dashboard.attributes.title, dashboard] as const))(
      '%s',
      (_title, dashboard) => {
        it('has something in every panel', async () => {
          const results = await fillPanels(source(), dashboard);
          expect(results.length).toBe(panelsOf(dashboard).length);
          const empty = results.filter((result) => !isFilled(result));
          expect(empty.map(({ panel, tables }) => ({ title: panel.title, tables }))).toEqual([]);
        });

        it('offers values in every control', async () => {
          const results = await fillControls(source(), dashboard);
          expect(results.filter(({ options }) => options.length === 0)).toEqual([]);
        });
      },
    );

    it('tells in every panel of an address that was clicked', async () => {
      const [worst] = await worstOf('source.ip');
      expect(await emptyPanels(INVESTIGATE, { 'source.ip': worst! })).toEqual([]);
    });

    async function worstOf(field: string): Promise<string[]> {
      const { aggregations } = await searchOn(server().url)('elkhound-alerts-*', {
        size: 0,
        aggs: {
          worst: {
            terms: { field, order: { severity: 'desc' } },
            aggs: { severity: { max: { field: 'event.severity' } } },
          },
        },
      });
      const { buckets } = aggregations!.worst as { buckets: { key: string }[] };
      return buckets.map(({ key }) => key);
    }
  },
  { name: 'dashboards' },
);
