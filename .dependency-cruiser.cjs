/** Imports point down this list only; stages never import each other. */
const STAGES = ['collect', 'normalize', 'coverage', 'features', 'detectors', 'decide', 'alert', 'respond'];
const LAYERS = [
  ['^src/main\\.ts$'],
  ['^src/cli/'],
  ['^src/app/'],
  ['^src/api/'],
  ['^src/service/'],
  ['^src/evaluate/'],
  ['^src/scan/', '^src/feeds/', '^src/privacy/'],
  ['^src/job/'],
  ['^src/kibana/'],
  ['^src/store/'],
  ['^src/documents/'],
  ['^src/config/'],
  STAGES.map((stage) => `^src/${stage}/`),
  ['^src/behaviors/'],
  ['^src/simulate/'],
  ['^src/observe/'],
  ['^src/domain/'],
];

const upward = LAYERS.slice(1).map((layer, i) => ({
  name: `down-only-${layer[0].replace(/[^a-z]/g, '').replace('src', '')}`,
  comment: 'A lower layer must not know an upper one.',
  severity: 'error',
  from: { path: layer },
  to: { path: LAYERS.slice(0, i + 1).flat() },
}));

const sideways = STAGES.map((stage) => ({
  name: `stage-alone-${stage}`,
  comment: 'Stages never import each other; a job puts them in a row.',
  severity: 'error',
  from: { path: `^src/${stage}/` },
  to: { path: STAGES.filter((other) => other !== stage).map((other) => `^src/${other}/`) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'adapters-in-app-only',
      comment: 'The composition root is the only place that opens a store.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app/|store/)' },
      to: { path: '^src/store/[a-z]+/open\\.ts$' },
    },
    {
      name: 'app-by-its-door',
      comment: 'What lies beside app.ts is the inside of the composition root.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app/' },
      to: { path: '^src/app/', pathNot: '^src/app/app\\.ts$' },
    },
    ...upward,
    ...sideways,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
