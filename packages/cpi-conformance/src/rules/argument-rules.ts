import { allVersions, type Rule, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import { plausibleArguments, wrongValues } from '../spec/arguments.ts';
import { type MethodSpec, methods } from '../spec/methods.ts';
import { shorten } from '../target/exchange.ts';

const withParameters = methods.filter(({ parameters }) => parameters.length > 0);
const sdkDispatch = 'bosh-cpi-ruby lib/bosh/cpi/cli.rb; bosh-cpi-go rpc/json_dispatcher.go, rpc/json_caller.go';

const common = { level: 'offline', versions: allVersions, severity: 'MUST', source: sdkDispatch } as const;

/** A: bad arguments, three rules for each method. */
export const argumentRules: readonly Rule[] = [
  ...ruleSet(
    {
      ...common,
      why: 'An argument that is missing is taken for nothing: the wrong thing is deleted, or a VM made that nobody asked for.',
      remedy: 'Compare the number of arguments with what the method takes before anything else.',
    },
    withParameters.map((spec) => ({
      id: `A1.${spec.name}`,
      title: `${spec.name} refuses a request that lacks arguments`,
      needs: needs(spec),
      check: (t) => refusesMissing(t, spec),
    })),
  ),
  ...ruleSet(
    {
      ...common,
      why: 'A value of another type, an empty id or a size below 1 is a fault of the caller. Passed on to the cloud it means something else: an empty id often means everything.',
      remedy: 'Check type and range of each argument before the cloud is touched.',
    },
    withParameters.map((spec) => ({
      id: `A2.${spec.name}`,
      title: `${spec.name} refuses arguments of another type, empty ids and sizes below 1`,
      needs: needs(spec),
      check: (t) => refusesWrong(t, spec),
    })),
  ),
  ...ruleSet(
    {
      ...common,
      severity: 'SHOULD',
      source: 'boti: rule M10',
      why: 'A CpiError that names the argument tells at once whose fault it is, and where to look.',
      remedy: "Answer Bosh::Clouds::CpiError with the argument's name and what is wrong with it.",
    },
    withParameters.map((spec) => ({
      id: `A3.${spec.name}`,
      title: `${spec.name} names the argument that is wrong, in a CpiError`,
      needs: needs(spec),
      check: (t) => namesWrong(t, spec),
    })),
  ),
  ...ruleSet({ ...common, severity: 'SHOULD' }, [
    {
      id: 'A4.1',
      title: 'A request with more arguments than the method takes is refused',
      why: 'The caller means something that this CPI does not know; what it means is left out without a word.',
      remedy: 'Compare the number of arguments with what the method takes.',
      async check(t) {
        for (const spec of withParameters.filter(({ name }) => t.implements(name))) {
          await t.refuses(spec.name, [...plausibleArguments(t, spec), 'one', 'more']);
        }
      },
    },
  ]),
];

function needs({ name, extension, isRequired }: MethodSpec): NonNullable<Rule['needs']> {
  if (extension !== undefined) return { extensions: [extension] };
  return isRequired ? {} : { methods: [name] };
}

async function refusesMissing(t: Trial, spec: MethodSpec): Promise<void> {
  const args = plausibleArguments(t, spec);
  const required = spec.parameters.filter(({ isOptional }) => !isOptional).length;
  for (let count = 0; count < required; count += 1) await t.refuses(spec.name, args.slice(0, count));
}

async function refusesWrong(t: Trial, spec: MethodSpec): Promise<void> {
  const args = plausibleArguments(t, spec);
  for (const [index, parameter] of spec.parameters.entries()) {
    for (const value of wrongValues(parameter)) {
      const exchange = await t.call(spec.name, args.with(index, value));
      const shown = shorten(JSON.stringify(value), 60);
      t.expect(exchange.answer?.error !== null, `an error for ${shown} as ${parameter.name}`, 'success', exchange);
    }
  }
}

async function namesWrong(t: Trial, spec: MethodSpec): Promise<void> {
  const args = plausibleArguments(t, spec);
  for (const [index, parameter] of spec.parameters.entries()) {
    const [value] = wrongValues(parameter);
    const { message } = await t.refuses(spec.name, args.with(index, value), { types: ['CpiError'] });
    const isNamed =
      message.toLowerCase().includes(parameter.name.replace(/_/g, ' ')) || message.includes(parameter.name);
    t.expect(isNamed, `a message that names '${parameter.name}'`, message);
  }
}
