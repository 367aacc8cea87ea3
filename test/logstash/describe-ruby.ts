import { spawnSync } from 'node:child_process';

/**
 * A suite that needs a Ruby: `ruby`, or JRuby where `JRUBY_JAR` names a jruby-complete jar. Without one it is
 * skipped, loudly; with `ELKHOUND_REQUIRE_RUBY=1` it fails.
 */
export function describeRuby(title: string, suite: (command: readonly string[]) => void): void {
  const command = process.env.JRUBY_JAR === undefined ? ['ruby'] : ['java', '-jar', process.env.JRUBY_JAR];
  if (spawnSync(command[0]!, [...command.slice(1), '--version']).status === 0) {
    describe(title, () => {
      suite(command);
    });
    return;
  }
  const missing = 'NOT RUN, for there is no Ruby: install ruby, or let JRUBY_JAR name a jruby-complete jar';
  process.stderr.write(`${title}: ${missing}\n`);
  const required = process.env.ELKHOUND_REQUIRE_RUBY === '1';
  (required ? describe : describe.skip)(`${title} (${missing})`, () => {
    it('did not run', () => {
      throw new Error(missing);
    });
  });
}
