// Which hosts count as the runner's own machine, in every spelling that a look-up takes for it.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { isOwnMachine } from '../../../runner/sandbox/broker/ownMachine.ts';

const closed: Record<string, readonly string[]> = {
  'the loopback': ['127.0.0.1', '127.9.8.7', '::1', '[::1]', '0:0:0:0:0:0:0:1'],
  'its other spellings': ['127.1', '2130706433', '0x7f.1', '0x7f000001', '017700000001', '0177.0.0.1'],
  'its names': ['localhost', 'LOCALHOST', 'localhost.', 'db.localhost'],
  'the address of nothing, which leads here': ['0', '0.0.0.0', '::', '[::]'],
  'IPv6 that carries it': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::127.0.0.1',
    '2002:7f00:1::1',
  ],
  'what clouds tell their machines': ['169.254.169.254', '2852039166', 'fd00:ec2::254', '100.100.100.200'],
  'the link': ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', '[fe80::1%25eth0]'],
  'many at once': ['224.0.0.1', 'ff02::1', '255.255.255.255'],
  'no host at all': ['', 'a b', 'a/b', 'user@host', '[::1'],
};

const open = [
  ...['example.com', 'localhost.example.com', 'my-localhost', '93.184.216.34', '8.8.8.8', '2606:4700::1111'],
  ...[
    '10.20.30.40',
    '192.168.77.1',
    '2002:5db8:d822::1',
    '64:ff9b::8.8.8.8',
    '::ffff:8.8.8.8',
    'fd12:3456::1',
  ],
];

describe('the own machine', () => {
  for (const [what, hosts] of Object.entries(closed))
    for (const host of hosts)
      it(`is ${what}: ${JSON.stringify(host)}`, () => {
        assert.equal(isOwnMachine(host), true);
      });

  for (const host of open)
    it(`is not ${host}`, () => {
      assert.equal(isOwnMachine(host), false);
    });

  it('is each of the addresses that it has now', () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    assert.ok(own.length > 0);
    for (const { address } of own) assert.equal(isOwnMachine(address), true, address);
  });
});
