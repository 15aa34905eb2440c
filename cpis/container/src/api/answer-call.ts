import type { IncomingMessage } from 'node:http';
import { type AgentOptions, CloudError, type CpiResponse, dispatch, parseRequest } from '@boti/cpi-sdk';
import type { ApiConfig, LocalConfig } from '../config.ts';
import { containerCpi } from '../container-cpi.ts';
import { requirePlainIds } from './call-guard.ts';
import { type CallHead, readHead } from './call-message.ts';
import { receiveImage } from './receive-image.ts';
import { travellingContext } from './remote-call.ts';

export interface OfferedCloud {
  readonly config: LocalConfig;
  readonly api: ApiConfig;
  /** What agents get to know unless the caller says something else. */
  readonly agent: AgentOptions;
}

interface CallOptions {
  readonly signal: AbortSignal;
  readonly stderr: (text: string) => void;
  /** Told before the call runs. */
  readonly onHead: (head: CallHead) => void;
}

/** Answers one call that came over the network, as the executable would on this machine. */
export async function answerCall(
  message: IncomingMessage,
  cloud: OfferedCloud,
  { signal, stderr, onHead }: CallOptions,
): Promise<CpiResponse> {
  const { head, rest } = await readHead(message as AsyncIterable<Buffer>);
  onHead(head);
  requirePlainIds(head);
  const { maxImageMib } = cloud.api;
  const { stateDir } = cloud.config;
  await using image =
    head.image === undefined ? undefined : await receiveImage(rest, head.image, { stateDir, maxImageMib, signal });
  const file = { properties: cloud.config, agent: cloud.agent };
  return await dispatch(containerCpi, requestOf(head, image?.path), { file, signal, stderr });
}

/** The image's path is always ours: a client cannot have any other file of this machine read. */
function requestOf(head: CallHead, imagePath: string | undefined): unknown {
  const request = parseRequest(head.request);
  const context = travellingContext(request.context);
  if (request.method !== 'create_stemcell') return { ...request, context };
  if (imagePath === undefined) {
    throw new CloudError('CpiError', 'create_stemcell came without its image', {
      hint: "The container cloud's API takes the image itself, not a path.",
    });
  }
  return { ...request, context, arguments: [imagePath, ...request.arguments.slice(1)] };
}
