/** Jest maps no module names here, so tsx loads the TypeScript. */
const { setUp } = require('tsx/cjs/api').require('./set-up.ts', __filename);

module.exports = setUp;
