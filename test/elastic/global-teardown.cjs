const { tearDown } = require('tsx/cjs/api').require('./set-up.ts', __filename);

module.exports = tearDown;
