import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyCommand } from './gateway.ts';
import { connectionOptions, remoteOf, scpArguments, sshArguments } from './ssh-arguments.ts';

const host = { ip: '10.0.0.5', user: 'bosh_1', name: 'web/u1', id: 'u1' };
const files = { privateKey: '/tmp/key', knownHosts: '/tmp/hosts' };
const noGateway = {
  gwDisable: false,
  gwUser: undefined,
  gwHost: undefined,
  gwPrivateKey: undefined,
  gwSocks5: undefined,
};

test('ssh gets the options, then user and address, then the command', () => {
  const options = connectionOptions(files, undefined);

  assert.deepEqual(
    sshArguments({ host, options, extra: ['-v'], command: ['uptime'] }).join(' '),
    [
      '-tt -o ServerAliveInterval=30 -o ForwardAgent=no -o PasswordAuthentication=no -o IdentitiesOnly=yes',
      '-o IdentityFile=/tmp/key -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/tmp/hosts',
      '-v -l bosh_1 -- 10.0.0.5 uptime',
    ].join(' '),
  );
});

test('with a key of our own the host is not checked', () => {
  assert.ok(connectionOptions({ ...files, knownHosts: undefined }, undefined).includes('StrictHostKeyChecking=no'));
});

test('scp has the remote path in place of the slug, and the instance id where it is asked for', () => {
  assert.deepEqual(scpArguments(host, [], { paths: ['web/0:/tmp/x', 'logs/((instance_id))'], recursive: true }), [
    '-r',
    'bosh_1@10.0.0.5:/tmp/x',
    'logs/u1',
  ]);
  assert.equal(
    scpArguments({ ...host, ip: 'fd00::1' }, [], { paths: ['web:/x'], recursive: false })[0],
    'bosh_1@[fd00::1]:/x',
  );
  assert.equal(remoteOf('./a:b'), undefined);
});

test('the gateway that the Director names is used unless flags say otherwise', () => {
  const told = { host: 'gate', user: 'jump' };

  assert.match(proxyCommand(noGateway, told) ?? '', /^ssh -tt -W %h:%p -l 'jump' 'gate' /);
  assert.equal(proxyCommand({ ...noGateway, gwDisable: true }, told), undefined);
  assert.match(
    proxyCommand({ ...noGateway, gwHost: 'mine', gwPrivateKey: '/k' }, told) ?? '',
    /'mine'.*IdentityFile=\/k/,
  );
  assert.equal(proxyCommand({ ...noGateway, gwSocks5: 'socks5://p:1080' }, {}), 'nc -X 5 -x p:1080 %h %p');
  assert.equal(proxyCommand(noGateway, {}), undefined);
});
