import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.js';

const ROOT = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The part of the compose specification that the file uses; anything else is a mistake. */
const durationText = z.string().regex(/^\d+(ms|s|m|h)$/);
const service = z.strictObject({
  image: z.string().regex(/^[a-z0-9./-]+:\d+\.\d+\.\d+$/, 'an image of one exact version'),
  build: z.literal('.').optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
    )
    .optional(),
  environment: z.record(z.string(), z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'a port of this machine alone')).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal('CMD-SHELL'), z.string()]),
      interval: durationText,
      timeout: durationText,
      start_period: durationText,
      retries: z.int(),
    })
    .optional(),
  restart: z.enum(['no', 'unless-stopped']),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
});
const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

describe('compose.yaml', () => {
  const compose = composeSchema.parse(parse(read('compose.yaml')));
  const services = Object.entries(compose.services);

  it('starts the four parts, each checked or waited for', () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining(['elasticsearch', 'kibana', 'logstash', 'elkhound']),
    );
    for (const [, { depends_on: needs = {} }] of services) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const needed = compose.services[name]!;
        if (condition === 'service_healthy') expect(needed.healthcheck).toBeDefined();
        else expect(needed.restart).toBe('no');
      }
    }
  });

  it('holds no secret, and does not start without one', () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|API_KEY|ENCRYPTIONKEY/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?.+\}$/);
      }
    }
  });

  it('lets nothing that runs on sign in as a superuser', () => {
    for (const [name, { restart, environment = {} }] of services) {
      if (restart === 'no' || name === 'elasticsearch') continue;
      expect({ name, ...environment }).not.toHaveProperty('ELASTIC_PASSWORD');
      expect(Object.values(environment)).not.toContain('elastic');
    }
    expect(read('packaging/logstash/logs.conf')).toContain('user => "elkhound_logstash"');
  });

  it('mounts files that exist, and volumes that are declared', () => {
    for (const [, { volumes = [] }] of services) {
      for (const mount of volumes) {
        const [from] = mount.split(':');
        if (from!.startsWith('.')) expect(existsSync(join(ROOT, from!))).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
  });

  it('runs the version of the project', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(compose.services.elkhound!.image).toBe(`elkhound:${version}`);
  });

  it('gives Elkhound a configuration that it takes', () => {
    const environment = Object.fromEntries(
      Object.entries(compose.services.elkhound!.environment!).map(([name, value]) => [
        name,
        value.replace(/^\$\{([A-Z_]+):\?.+\}$/, 'given'),
      ]),
    );
    const config = loadConfig({ file: join(ROOT, 'packaging', 'elkhound.yml'), environment });
    expect(config.api).toMatchObject({ host: '0.0.0.0', port: 4600 });
    expect(config.elasticsearch.url).toBe('http://elasticsearch:9200');
    expect(config.elasticsearch.password?.reveal()).toBe('given');
    const bare = loadConfig({ file: join(ROOT, 'packaging', 'elkhound.yml'), environment: {} });
    expect(bare.api.host).toBe('127.0.0.1');
  });
});

describe('the pipelines of Logstash', () => {
  it('have no default user and password', () => {
    for (const file of ['logstash/output.conf', 'logstash/refused.conf']) {
      for (const [, value] of read(file).matchAll(/^ *(?:user|password) => "(.*)"$/gm)) {
        expect(value).toMatch(/^\$\{ELKHOUND_LOGSTASH_(USER|PASSWORD)\}$/);
      }
    }
  });
});

describe('npm run sbom', () => {
  it('lists what is shipped, and nothing of the tools', () => {
    const { stdout, status } = spawnSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' });
    expect(status).toBe(0);
    const bom = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] };
    expect(bom.bomFormat).toBe('CycloneDX');
    const names = bom.components.map(({ name }) => name);
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(names).toEqual(expect.arrayContaining([...Object.keys(dependencies), '@elastic/transport']));
    for (const tool of ['jest', 'typescript', 'eslint']) expect(names).not.toContain(tool);
  });
});

describe('Dockerfile', () => {
  const steps = read('Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));

  it('builds in one stage and runs in another, on one exact version, not as root', () => {
    const bases = steps.filter((step) => step.startsWith('FROM'));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^FROM node:\d+\.\d+\.\d+-\w+-slim( AS build)?$/);
    const run = steps.slice(steps.lastIndexOf(bases[1]!));
    expect(run).toContain('USER node');
    expect(run.findIndex((step) => step.startsWith('USER'))).toBeLessThan(
      run.findIndex((step) => step.startsWith('ENTRYPOINT')),
    );
    expect(run.find((step) => step.startsWith('HEALTHCHECK'))).toContain('/healthz');
  });

  it('copies what exists and is not left out of the context', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    for (const step of steps.filter((line) => line.startsWith('COPY') && !line.includes('--from'))) {
      for (const source of step.split(' ').slice(1, -1)) {
        expect(existsSync(join(ROOT, source))).toBe(true);
        expect(kept).toContain(`!${source.replace(/^\.\//, '')}`);
      }
    }
  });
});

describe('elkhound.service', () => {
  const unit = read('packaging/elkhound.service');

  it('is hardened', () => {
    for (const line of [
      'DynamicUser=yes',
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'PrivateTmp=yes',
      'PrivateUsers=yes',
      'ProcSubset=pid',
      'LimitCORE=0',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    expect(unit).not.toMatch(/^(User|Group)=root/m);
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  (hasSystemd ? it : it.skip)('passes systemd-analyze verify', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-unit-'));
    const file = join(folder, 'elkhound.service');
    // The interpreter may lie elsewhere here; everything else is as it is shipped.
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect({ status, stderr: stderr.split('\n').filter((line) => line.includes('elkhound')) }).toEqual({
      status: 0,
      stderr: [],
    });
  });
});
