import { allSavedObjects } from '../../../src/kibana/objects.js';
import { validate } from '../validator/validate.js';
import { DASHBOARD_DEFECTS } from './dashboard-defects.js';
import { DraftFile } from './draft.js';
import { LENS_DEFECTS } from './lens-defects.js';
import { OBJECT_DEFECTS } from './object-defects.js';
import { PANEL_DEFECTS } from './panel-defects.js';
import { VIEW_DEFECTS } from './view-defects.js';
import { VISUALIZATION_DEFECTS } from './visualization-defects.js';

const DEFECTS = [
  ...OBJECT_DEFECTS,
  ...VIEW_DEFECTS,
  ...DASHBOARD_DEFECTS,
  ...PANEL_DEFECTS,
  ...LENS_DEFECTS,
  ...VISUALIZATION_DEFECTS,
];

describe('the saved objects with a planted defect', () => {
  it.each(DEFECTS)('$name is refused, and nothing else', ({ plant, at: [type, path], message }) => {
    const file = new DraftFile(allSavedObjects());
    plant(file);
    const problems = validate(file.text());
    expect(problems).toEqual([
      expect.objectContaining({
        type,
        path: expect.stringMatching(new RegExp(`${path.replace(/[.[\]]/g, '\\$&')}$`)),
        message: expect.stringContaining(message),
      }),
    ]);
  });

  it('are as they were where nothing is planted', () => {
    expect(validate(new DraftFile(allSavedObjects()).text())).toEqual([]);
    expect(DEFECTS.length).toBeGreaterThanOrEqual(100);
  });
});
