/**
 * Redis, from an empty Director to an empty Director: on containers, through our CLI. With `BOSH_CLI` also through the
 * program that it names, with `BOSH_AGENT` also with that agent in the VMs. (Upstream's, to see that they fit.)
 */
import { redisLifeCycle } from './scenarios/redis-life-cycle.ts';
import { botiProgram } from './scene/embedded-director.ts';

const { BOSH_CLI, BOSH_AGENT } = process.env;

redisLifeCycle('through boti', { cli: botiProgram });
if (BOSH_CLI) redisLifeCycle(`through ${BOSH_CLI}`, { cli: BOSH_CLI });
if (BOSH_AGENT) redisLifeCycle(`with the agent ${BOSH_AGENT}`, { cli: botiProgram, agent: BOSH_AGENT });
