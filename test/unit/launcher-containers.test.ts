import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: string;
  ports?: string[];
  volumes?: (string | { type: string; source: string; target: string; read_only?: boolean })[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  command?: string[];
  stop_grace_period?: string;
  container_name?: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const services = Object.entries(compose.services);
const serviceOf = (name: string): Service => compose.services[name] ?? assert.fail(`there is no service ${name}`);

describe('docker-compose.yml', () => {
  it('has the services of a real installation', () => {
    for (const name of ['postgres', 'temporal', 'temporal-ui', 'bootstrap', 'worker']) serviceOf(name);
    assert.deepEqual(serviceOf('bootstrap').command, ['node', 'dist/schedule.js']);
    assert.deepEqual(serviceOf('worker').command, ['node', 'dist/worker.js']);
  });

  it('pins every foreign image to a version, and the Web UI to 2.42 or newer', () => {
    for (const [name, { image, build }] of services) {
      if (build === undefined) assert.match(image ?? '', /:\d+\.\d+/, `${name} has no pinned image`);
    }
    const [, minor] = /temporalio\/ui:2\.(\d+)/.exec(serviceOf('temporal-ui').image ?? '') ?? [];
    assert.ok(Number(minor) >= 42);
  });

  it('has no default password, and every setting of its own in .env.example', () => {
    const known = readFileSync(join(root, '.env.example'), 'utf8');
    const settings = [...text.matchAll(/\$\{(\w+)(:[?-][^}]*)?\}/g)];
    assert.ok(settings.length > 0);
    for (const [whole, name = '', fallback = ''] of settings) {
      assert.match(known, new RegExp(`^#? ?${name}=`, 'm'), `${name} is not in .env.example`);
      if (/PASSWORD|SECRET|KEY/.test(name))
        assert.match(fallback, /^:\?/, `${whole} has a default or none is demanded`);
    }
    assert.doesNotMatch(known, /^\w*(PASSWORD|SECRET)\w*=\S/m);
  });

  it('publishes ports on this machine only', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name} publishes ${port}`);
    }
  });

  it('keeps the database in a named volume and waits for it', () => {
    const volumes = serviceOf('postgres').volumes ?? [];
    assert.ok(volumes.includes('postgres-data:/var/lib/postgresql/data'));
    assert.ok('postgres-data' in compose.volumes);
    for (const name of ['postgres', 'temporal', 'worker'])
      assert.ok(serviceOf(name).healthcheck, `${name} has no health check`);
  });

  it('mounts configuration and secrets read-only, and the files it names exist', () => {
    for (const name of ['worker', 'bootstrap']) {
      const mounts = serviceOf(name).volumes ?? [];
      for (const mount of mounts) assert.ok(typeof mount === 'object' && mount.read_only === true);
      assert.deepEqual(
        mounts.map((mount) => (typeof mount === 'object' ? mount.target : mount)),
        ['/config', '/secrets'],
      );
    }
    for (const mount of services.flatMap(([, { volumes = [] }]) => volumes)) {
      if (typeof mount !== 'string' || !mount.startsWith('./')) continue;
      assert.match(mount, /:ro$/);
      assert.ok(existsSync(join(root, mount.split(':')[0] ?? '')), `${mount} names no file`);
    }
  });

  it('lets the worker be scaled, start after the bootstrap, and end what it does', () => {
    const worker = serviceOf('worker');
    assert.equal(worker.container_name, undefined);
    assert.equal(worker.ports, undefined);
    assert.equal(worker.depends_on?.['bootstrap']?.condition, 'service_completed_successfully');
    assert.ok(Number.parseInt(worker.stop_grace_period ?? '0', 10) > 45);
  });

  it('every dependency names a service', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      for (const other of Object.keys(needed)) assert.ok(other in compose.services, `${name} needs ${other}`);
    }
  });
});

describe('the files beside it', () => {
  it('.env.example names every variable that the sources read', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
    const settings = readFileSync(join(root, 'src', 'config', 'process-settings.ts'), 'utf8');
    const read = new Set([
      ...sources
        .flatMap((source) => [...source.matchAll(/\b(?:env|environment)\['([A-Z_]+)'\]/g)])
        .map(([, name]) => name),
      ...[...settings.matchAll(/^ +([A-Z_]+): z\./gm)].map(([, name]) => name),
    ]);
    read.delete('PATH');
    assert.ok(read.size > 5);
    const known = readFileSync(join(root, '.env.example'), 'utf8');
    for (const name of read) assert.match(known, new RegExp(`^#? ?${name}=`, 'm'), `${name} is not in .env.example`);
  });

  it('the dynamic configuration switches priority and fairness on', () => {
    const settings = parse(readFileSync(join(root, 'deploy', 'temporal-dynamic-config.yaml'), 'utf8')) as Record<
      string,
      { value: unknown }[]
    >;
    assert.deepEqual(settings['matching.useNewMatcher'], [{ value: true }]);
    assert.deepEqual(settings['matching.enableFairness'], [{ value: true }]);
  });

  it('the image runs as a user who is not root and cannot change the code', () => {
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    assert.match(lastStage, /^USER node$/m);
    assert.doesNotMatch(lastStage, /--chown/);
    assert.match(readFileSync(join(root, '.dockerignore'), 'utf8'), /^\.env$/m);
  });

  it('the scripts may be executed', () => {
    for (const script of [
      '.ci/run',
      'deploy/postgres-init.sh',
      'deploy/temporal-schema.sh',
      'deploy/temporal-namespace.sh',
    ]) {
      assert.ok(statSync(join(root, script)).mode & 0o100, `${script} is not executable`);
    }
  });
});
