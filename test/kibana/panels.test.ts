import { allSavedObjects } from '../../src/kibana/objects.js';
import { panelsOf } from '../../src/kibana/panel-types.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { fill } from './fill/fill.js';
import { dashboardsOf, fillControls, fillPanels, isFilled, type Source } from './query/panels.js';
import type { TimeRange } from './query/scope.js';
import { searchOn } from './query/search.js';
import { worstOf } from './query/worst.js';

const FILL_TIMEOUT_MS = 600_000;
/** Before there were logs. */
const LONG_AGO: TimeRange = { from: 0, to: 86_400_000 };
const INVESTIGATE = 'elkhound-entity';
const RAW_LOGS = 'What do the raw logs say of the source or user chosen above?';
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
          expect(results.length).toBeGreaterThan(0);
          expect(results.filter(({ options }) => options.length === 0)).toEqual([]);
        });
      },
    );

    it('offers controls in their order', async () => {
      const [overview] = dashboards;
      const titles = (await fillControls(source(), overview!)).map(({ title }) => title);
      expect(titles).toEqual(['Severity', 'Kind of behavior', 'Entity', 'Job']);
    });

    it('shows all windows whatever is chosen', async () => {
      const empty = await emptyPanels('elkhound-overview', { 'elkhound.severity': 'unheard of' });
      expect(empty).toContain('What happened, newest first?');
      expect(empty).not.toContain('Was everything looked at?');
      expect(empty).not.toContain('Do the sources bring what is expected?');
    });

    it('shows what is empty to be so', async () => {
      for (const dashboard of dashboards) {
        const panels = await fillPanels({ ...source(), range: LONG_AGO }, dashboard);
        const filled = panels.filter(isFilled).map(({ panel }) => panel);
        expect(filled.length).toBeLessThan(panels.length);
        // Tiles say 0, and texts say what they say.
        for (const panel of filled) {
          const kind =
            panel.type === 'lens' ? panel.embeddableConfig.attributes.visualizationType : panel.type;
          expect(['lnsMetric', 'visualization']).toContain(kind);
        }
      }
    });

    it('tells in every panel of an address that was clicked', async () => {
      const worst = await worstOf(searchOn(server().url), 'source.ip');
      expect(worst).toBeDefined();
      expect(await emptyPanels(INVESTIGATE, { 'source.ip': worst! })).toEqual([]);
    });

    it('shows raw logs of a user that was clicked, and none of an entity', async () => {
      const worst = await worstOf(searchOn(server().url), 'user.name');
      expect(worst).toBeDefined();
      expect(await emptyPanels(INVESTIGATE, { 'user.name': worst! })).not.toContain(RAW_LOGS);
      expect(await emptyPanels(INVESTIGATE, { 'elkhound.entity.id': worst! })).toContain(RAW_LOGS);
    });
  },
  { name: 'dashboards' },
);
