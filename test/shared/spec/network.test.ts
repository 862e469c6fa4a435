// What a spec and a project can take from the network that the user chose, and that they can't give any of it.
import assert from 'node:assert/strict';
import {
  defaultNetwork,
  isBeyondRegistries,
  narrowed,
  networkFrom,
  networkWords,
  widened,
  type Network,
} from '../../../shared/spec/network.ts';
import { parseConfig } from '../../../shared/spec/parseConfig.ts';
import { parseSpec } from '../../../shared/spec/parseSpec.ts';
import { resolvePlan, withinLimits } from '../../../shared/spec/resolvePlan.ts';

function network(written: string): Network {
  return networkFrom(written.split(',')) ?? assert.fail(written);
}

/** What the user's choice comes to where a spec and a project's configuration say this; `''` says nothing. */
function planned(chosen: Network, spec: string, config: string): ReturnType<typeof withinLimits> {
  const said = {
    spec: spec === '' ? null : parseSpec(`---\nnetwork: ${spec}\n---\nGoal`, 'x.task.md'),
    config: config === '' ? null : parseConfig(`network: ${config}\n`, '.nightjar/config.yaml'),
    detected: null,
  };
  return withinLimits(chosen, resolvePlan(said).networkLimits);
}

/** All that is reached, `registries` standing for those that the runner knows. */
function reachOf({ mode, hosts }: Network): ReadonlySet<string> {
  if (mode === 'off') return new Set();
  return new Set(mode === 'hosts' ? hosts : ['registries', ...hosts, ...(mode === 'all' ? ['all'] : [])]);
}

function isWithin(less: Network, more: Network): boolean {
  return (
    more.mode === 'all' ||
    [...reachOf(less)].every((host) => [...reachOf(more)].some((other) => isBeneath(host, other)))
  );
}

function isBeneath(host: string, other: string): boolean {
  return host === other || (other.startsWith('*.') && host.endsWith(other.slice(1)));
}

const project = '.nightjar/config.yaml';
const table: readonly {
  readonly name: string;
  readonly chosen: string;
  readonly spec?: string;
  readonly config?: string;
  readonly words: string;
  readonly narrowedBy?: readonly string[];
}[] = [
  { name: 'the user alone', chosen: 'registries', words: 'package registries' },
  { name: 'a spec that wants less', chosen: 'registries', spec: 'off', words: 'none', narrowedBy: ['spec'] },
  {
    name: 'a project that wants less',
    chosen: 'all',
    config: 'registries',
    words: 'package registries',
    narrowedBy: [project],
  },
  {
    name: 'both, each taking something',
    chosen: 'all',
    spec: '[registries, a.example.com, b.example.com]',
    config: '[b.example.com, c.example.com]',
    words: 'b.example.com',
    narrowedBy: ['spec', project],
  },
  {
    name: 'a spec that is content with what the user chose',
    chosen: 'a.example.com',
    spec: 'all',
    words: 'a.example.com',
  },
  {
    name: 'hosts that the user has not chosen',
    chosen: 'registries',
    spec: '[a.example.com]',
    words: 'none',
    narrowedBy: ['spec'],
  },
  {
    name: 'a hostile project that opens all',
    chosen: 'registries',
    config: 'all',
    words: 'package registries',
  },
  {
    name: 'a hostile project that adds its own host to the registries',
    chosen: 'registries',
    config: '[registries, evil.example.com]',
    words: 'package registries',
  },
  { name: 'a hostile project where the user wants none', chosen: 'off', config: 'all', words: 'none' },
];

describe('the network of a plan', () => {
  for (const { name, chosen, spec = '', config = '', words, narrowedBy = [] } of table) {
    it(`takes ${name}`, () => {
      const within = planned(network(chosen), spec, config);
      assert.deepEqual([networkWords(within.network), within.narrowedBy], [words, narrowedBy]);
    });
  }

  it('is never more than the user chose, whatever spec and project say', () => {
    const said = [
      'off',
      'registries',
      'all',
      '[a.example.com]',
      '[registries, b.example.com]',
      '["*.example.com"]',
    ];
    const choices = [
      'off',
      'registries',
      'all',
      'a.example.com',
      'registries,b.example.com',
      '*.example.com',
    ];
    for (const chosen of choices.map(network))
      for (const spec of ['', ...said])
        for (const config of ['', ...said]) {
          const { network: within } = planned(chosen, spec, config);
          assert.ok(isWithin(within, chosen), `${networkWords(chosen)}, ${spec}, ${config}`);
        }
    // The measure itself finds what is more.
    assert.ok(!isWithin(widened(defaultNetwork, ['evil.example.com']), defaultNetwork));
    assert.ok(!isWithin({ mode: 'all', hosts: [] }, defaultNetwork));
  });
});

describe('hosts that the user chose and that a project names', () => {
  const rows: readonly (readonly [chosen: string, limit: string, both: string])[] = [
    ['api.example.com', 'api.example.com', 'api.example.com'],
    ['api.example.com', '*.example.com', 'api.example.com'],
    ['*.example.com', 'api.example.com', 'api.example.com'],
    ['*.example.com', '*.eu.example.com', '*.eu.example.com'],
    ['*.eu.example.com', '*.example.com', '*.eu.example.com'],
    ['*.example.com', '*.example.com', '*.example.com'],
    ['example.com', '*.example.com', 'none'],
    ['badexample.com', '*.example.com', 'none'],
    ['api.example.com', '*.example.org', 'none'],
    ['api.example.com:8443', 'api.example.com', 'api.example.com:8443'],
    ['api.example.com', '*.example.com:8443', 'api.example.com:8443'],
    ['api.example.com:443', 'api.example.com:8443', 'none'],
    ['API.example.com', 'api.EXAMPLE.com', 'api.example.com'],
    ['a.example.com, b.example.com, a.example.org', '*.example.com', 'a.example.com, b.example.com'],
  ];
  for (const [chosen, limit, both] of rows)
    it(`${chosen} within ${limit} is ${both}`, () => {
      assert.equal(networkWords(narrowed(network(chosen), network(limit))), both);
    });
});

describe('a network as a person writes it', () => {
  const written: readonly (readonly [string, string | null, boolean])[] = [
    ['off', 'none', false],
    ['registries', 'package registries', false],
    ['All', 'everything', true],
    ['API.example.com, *.example.org:8443,', 'api.example.com, *.example.org:8443', true],
    ['registries,api.example.com', 'package registries, api.example.com', true],
    ['', null, false],
    ['off,api.example.com', null, false],
    ['api.example.com:65535', 'api.example.com:65535', true],
    ['api.example.com:65536', null, false],
    ['api.example.com:0', null, false],
    ['localhost', null, false],
    ['https://api.example.com', null, false],
    ['*', null, false],
    ['a b.example.com', null, false],
  ];
  for (const [text, words, isBeyond] of written) {
    it(`“${text}” is ${words ?? 'refused'}`, () => {
      const found = networkFrom(text.split(','));
      assert.equal(found === null ? null : networkWords(found), words);
      assert.equal(found !== null && isBeyondRegistries(found), isBeyond);
    });
  }
});
