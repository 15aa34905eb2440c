import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../usage-error.ts';
import { argument, optionalArgument, restArguments } from './argument-spec.ts';
import { flag, integerOr, list, optionalInteger, optionalText, requiredText, text } from './option-spec.ts';
import { indexOfCommand, parseFlags, parsePositionals } from './parse-arguments.ts';

const specs = {
  var: list('', { short: 'v' }),
  name: text('', { short: 'n', env: 'NAME' }),
  recent: optionalInteger(30, '', { short: 'r' }),
  skipDrain: optionalText('*', ''),
  all: flag('', { short: 'a', env: 'ALL' }),
  parallel: integerOr(5, ''),
};

function parse(args: readonly string[], env: Record<string, string> = {}) {
  return parseFlags(args, specs, env);
}

test('values follow after a space or an equals sign, and lists keep their order', () => {
  const { options, positionals } = parse(['-v', 'a=1', 'x', '--var=b=2', '--name', 'me', '-vc=3', '--all']);

  assert.deepEqual(options, {
    var: ['a=1', 'b=2', 'c=3'],
    name: 'me',
    recent: undefined,
    skipDrain: undefined,
    all: true,
    parallel: 5,
  });
  assert.deepEqual(positionals, ['x']);
});

test('a value that may be left out is only taken after an equals sign', () => {
  const { options, positionals } = parse(['--recent', '7', '--skip-drain=web']);

  assert.equal(options.recent, 30);
  assert.equal(options.skipDrain, 'web');
  assert.deepEqual(positionals, ['7']);
});

test('short flags stand together, the last one with its value', () => {
  const { options } = parse(['-anme']);

  assert.equal(options.all, true);
  assert.equal(options.name, 'me');
});

test('after two dashes everything is an argument', () => {
  assert.deepEqual(parse(['-a', '--', '--name', '-v']).positionals, ['--name', '-v']);
});

test('the environment gives what the command line does not', () => {
  assert.deepEqual(parse([], { NAME: 'env', ALL: 'true' }).options.name, 'env');
  assert.equal(parse(['--name', 'given'], { NAME: 'env' }).options.name, 'given');
  assert.equal(parse([], { ALL: 'false' }).options.all, false);
  assert.throws(
    () => parse([], { ALL: 'maybe' }),
    new UsageError("invalid argument for flag `-a, --all' (expected bool): 'maybe' is neither true nor false"),
  );
});

test('what is wrong with a flag is said as upstream says it', () => {
  const message = (args: readonly string[]): string => {
    try {
      parse(args);
      return '';
    } catch (error) {
      return (error as UsageError).message;
    }
  };

  assert.equal(message(['--nope']), "unknown flag `nope'");
  assert.equal(message(['-Z']), "unknown flag `Z'");
  assert.equal(message(['--name']), "expected argument for flag `-n, --name'");
  assert.equal(message(['--name', '--all']), "expected argument for flag `-n, --name', but got option `--all'");
  assert.match(message(['--parallel', 'x']), /^invalid argument for flag `--parallel' \(expected int\)/);
});

test('an unknown flag that is close to a known one gets a suggestion', () => {
  assert.throws(() => parse(['--skip-drian']), { hint: "Did you mean `--skip-drain'?" });
});

test('required flags that are missing are named together, in order', () => {
  const required = { type: requiredText(''), name: requiredText('') };

  assert.throws(
    () => parseFlags([], required, {}),
    new UsageError("the required flags `--name' and `--type' were not specified"),
  );
});

test('where two flags share a short name the first one has it', () => {
  const both = { var: list('', { short: 'v' }), version: flag('', { short: 'v' }) };

  assert.deepEqual(parseFlags(['-v', 'a=1'], both, {}).options, { var: ['a=1'], version: false });
});

test('the command is the first argument that no global flag takes', () => {
  const globals = { environment: text('', { short: 'e' }), json: flag('') };

  assert.equal(indexOfCommand(['-e', 'deploy', '--json', 'vms', 'x'], globals), 3);
  assert.equal(indexOfCommand(['--json'], globals), -1);
});

test('arguments get their names; too few and too many are refused', () => {
  const args = { path: argument('PATH'), id: optionalArgument('ID') };

  assert.deepEqual(parsePositionals('c', ['a'], args), { path: 'a', id: undefined });
  assert.throws(() => parsePositionals('c', [], args), new UsageError('the required argument `PATH` was not provided'));
  assert.throws(
    () => parsePositionals('c', ['a', 'b', 'c', 'd'], args),
    new UsageError("Command 'c' does not support extra arguments: c, d"),
  );
  assert.deepEqual(parsePositionals('c', ['a', 'b'], { rest: restArguments('X') }), { rest: ['a', 'b'] });
  assert.throws(
    () => parsePositionals('c', [], { a: argument('A'), b: argument('B') }),
    new UsageError('the required arguments `A` and `B` were not provided'),
  );
});
