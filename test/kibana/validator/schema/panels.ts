/**
 * Schemas of what lies on a dashboard.
 */
import { z } from 'zod';
import type {
  Control,
  Drilldown,
  LensPanel,
  MarkdownPanel,
  Panel,
  SearchPanel,
} from '../../../../src/kibana/panel-types.js';
import { lensAttributes } from './lens.js';
import { count, size, words } from './parts.js';

const nothing = z.record(z.string(), z.never());

const panel = {
  panelIndex: words,
  gridData: z.strictObject({ x: count, y: count, w: size, h: size, i: words }),
  title: words,
};

const drilldown = z.strictObject({
  eventId: words,
  triggers: z.tuple([z.literal('FILTER_TRIGGER')]),
  action: z.strictObject({
    factoryId: z.literal('DASHBOARD_TO_DASHBOARD_DRILLDOWN'),
    name: words,
    config: z.strictObject({
      useCurrentFilters: z.boolean(),
      useCurrentDateRange: z.boolean(),
      openInNewTab: z.boolean(),
    }),
  }),
}) satisfies z.ZodType<Drilldown>;

const lensPanel = z.strictObject({
  ...panel,
  type: z.literal('lens'),
  embeddableConfig: z.strictObject({
    attributes: lensAttributes,
    enhancements: z.strictObject({
      dynamicActions: z.strictObject({ events: z.array(drilldown) }).exactOptional(),
    }),
    hidePanelTitles: z.boolean().exactOptional(),
  }),
}) satisfies z.ZodType<LensPanel>;

const markdownPanel = z.strictObject({
  ...panel,
  type: z.literal('visualization'),
  embeddableConfig: z.strictObject({
    savedVis: z.strictObject({
      type: z.literal('markdown'),
      title: z.string(),
      description: z.string(),
      uiState: nothing,
      params: z.strictObject({ markdown: words, fontSize: size, openLinksInNewTab: z.boolean() }),
      data: z.strictObject({
        aggs: z.tuple([]),
        searchSource: z.strictObject({
          query: z.strictObject({ query: z.literal(''), language: z.literal('kuery') }),
          filter: z.tuple([]),
        }),
      }),
    }),
    enhancements: nothing,
    hidePanelTitles: z.literal(true),
  }),
}) satisfies z.ZodType<MarkdownPanel>;

const searchPanel = z.strictObject({
  ...panel,
  type: z.literal('search'),
  panelRefName: words,
  embeddableConfig: z.strictObject({ enhancements: nothing }),
}) satisfies z.ZodType<SearchPanel>;

/** Panels of a dashboard. */
export const panels = z
  .array(z.discriminatedUnion('type', [lensPanel, markdownPanel, searchPanel]))
  .min(1, 'expected at least one panel') satisfies z.ZodType<Panel[]>;

/** Controls of a dashboard by id. */
export const controls = z.record(
  words,
  z.strictObject({
    type: z.literal('optionsListControl'),
    order: count,
    width: z.enum(['small', 'medium', 'large']),
    grow: z.boolean(),
    explicitInput: z.strictObject({ id: words, fieldName: words, title: words, enhancements: nothing }),
  }),
) satisfies z.ZodType<Record<string, Control>>;
