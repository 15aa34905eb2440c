import type { Exchange } from '../target/exchange.ts';
import { shortType } from '../target/response-shape.ts';
import { deleteMethods, kindMadeBy, type MadeThing, type OpenCreation } from './ledger.ts';
import type { Trial } from './trial.ts';

/** Deletes what a check has made and not deleted, and what its killed calls may have made. What stays is a leftover. */
export async function cleanUp(trial: Trial, owner: string): Promise<void> {
  const { run } = trial;
  for (const open of run.ledger.takeOpen(owner)) await settle(trial, open, owner);
  for (const thing of run.ledger.present(owner)) await remove(trial, thing);
  run.addresses.giveBack(owner);
}

/** Asks for what a call without answer has made; only CPIs with the extension `journal` can tell. */
async function settle(trial: Trial, { method, creationId }: OpenCreation, owner: string): Promise<void> {
  const kind = kindMadeBy(method);
  if (!trial.has('journal') || kind === undefined) return;
  const { answer } = await trial.attempt('find_creation', [creationId]);
  if (typeof answer?.result === 'string') trial.run.ledger.add({ kind, cid: answer.result, owner });
}

async function remove(trial: Trial, { kind, cid }: MadeThing): Promise<void> {
  const { ledger, leftovers } = trial.run;
  const exchange = await trial.attempt(deleteMethods[kind], [cid]);
  if (isGone(exchange)) ledger.forget(kind, cid);
  else if (!leftovers.some(({ thing }) => thing === `${kind} '${cid}'`)) {
    leftovers.push({ thing: `${kind} '${cid}'`, exchange });
  }
}

function isGone({ ending, answer }: Exchange): boolean {
  if (ending !== 'answered' || answer === undefined) return false;
  return answer.error === null || /NotFound$/.test(shortType(answer.error.type));
}
