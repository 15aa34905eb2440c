import { answer, type CpiReply } from './scripted-cpi.ts';

/** A CPI on which everything works. */
export function healthyCpi(changes: Readonly<Record<string, CpiReply>> = {}): Record<string, CpiReply> {
  const done = answer(null);
  return {
    info: answer({ api_version: 2, stemcell_formats: ['dummy'] }),
    has_vm: answer(true),
    has_disk: answer(true),
    create_stemcell: answer('stemcell-1'),
    create_vm: answer(['vm-1', {}]),
    create_disk: answer('disk-1'),
    attach_disk: answer({ path: '/dev/sdc' }),
    delete_vm: done,
    delete_disk: done,
    delete_stemcell: done,
    detach_disk: done,
    set_vm_metadata: done,
    set_disk_metadata: done,
    ...changes,
  };
}
