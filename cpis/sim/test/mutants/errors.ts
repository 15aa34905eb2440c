import { failed, inErrors, inMethods, type Mutant, ok } from './mutant.ts';

/** Errors of the wrong kind, or none. */
export const errorMutants: readonly Mutant[] = [
  {
    name: 'unknown-method-succeeds',
    bug: 'An unknown method is answered with result null and no error.',
    call: async (call) => {
      const response = await call.next();
      return /is not part of the CPI contract/.test(response.error?.message ?? '') ? ok(null) : response;
    },
  },
  {
    name: 'unknown-method-is-cloud-error',
    bug: 'An unknown method is a CloudError.',
    call: inErrors([], (error) =>
      error.type.endsWith('NotImplemented') ? { ...error, type: 'Bosh::Clouds::CloudError' } : error,
    ),
  },
  {
    name: 'shrink-is-cloud-error',
    bug: 'resize_disk to a smaller size is a CloudError, so that the Director does not copy the disk.',
    call: inErrors(['resize_disk'], (error) =>
      error.type.endsWith('NotSupported') ? { ...error, type: 'Bosh::Clouds::CloudError' } : error,
    ),
  },
  {
    name: 'shrink-succeeds',
    bug: 'resize_disk to a smaller size succeeds and does nothing.',
    call: inMethods(['resize_disk'], async ({ next }) => {
      const response = await next();
      return response.error?.type.endsWith('NotSupported') ? ok(null) : response;
    }),
  },
  {
    name: 'same-size-refused',
    bug: 'resize_disk to the size that the disk has is an error: the cloud says nothing has changed.',
    call: inMethods(['resize_disk'], async ({ args, next, ask }) => {
      const grows = (await ask('resize_disk', args[0], Number(args[1]) - 1)) !== undefined;
      const response = await next();
      return grows || response.error !== null ? response : failed('CloudError', 'The new size must be greater');
    }),
  },
  {
    name: 'vm-not-found-as-cloud-error',
    bug: 'A VM that is gone is a CloudError everywhere.',
    call: inErrors([], (error) =>
      error.type.endsWith('VMNotFound') ? { ...error, type: 'Bosh::Clouds::CloudError' } : error,
    ),
  },
  {
    name: 'disk-not-found-as-vm-not-found',
    bug: 'attach_disk of a disk that is gone says VMNotFound.',
    call: inErrors(['attach_disk'], (error) =>
      error.type.endsWith('DiskNotFound') ? { ...error, type: 'Bosh::Clouds::VMNotFound' } : error,
    ),
  },
  {
    name: 'missing-stemcell-may-be-retried',
    bug: 'create_vm from a stemcell that is gone is VMCreationFailed with ok_to_retry: the Director tries five times.',
    call: inErrors(['create_vm'], (error) =>
      error.type.endsWith('StemcellNotFound')
        ? { ...error, type: 'Bosh::Clouds::VMCreationFailed', ok_to_retry: true }
        : error,
    ),
  },
  {
    name: 'attach-swallows-missing-disk',
    bug: 'attach_disk of a disk that is gone succeeds.',
    call: inMethods(['attach_disk'], async ({ next, apiVersion }) => {
      const response = await next();
      if (!response.error?.type.endsWith('DiskNotFound')) return response;
      return ok(apiVersion === 1 ? null : { path: '/dev/sdc' });
    }),
  },
  {
    name: 'create-vm-swallows-missing-stemcell',
    bug: 'create_vm from a stemcell that is gone answers the cid of a VM that is not there.',
    call: inMethods(['create_vm'], async ({ args, next, apiVersion }) => {
      const response = await next();
      if (!response.error?.type.endsWith('StemcellNotFound')) return response;
      const cid = `sim-vm-${String(args[0])}`;
      return ok(apiVersion === 1 ? cid : [cid, args[3]]);
    }),
  },
  {
    name: 'detach-of-unattached-succeeds',
    bug: 'detach_disk of a disk that is not attached succeeds.',
    call: inMethods(['detach_disk'], async ({ next }) => {
      const response = await next();
      return response.error?.type.endsWith('DiskNotAttached') ? ok(null) : response;
    }),
  },
  {
    name: 'metadata-of-nothing-succeeds',
    bug: 'set_vm_metadata, reboot_vm and get_disks of a VM that is gone succeed.',
    call: inMethods(['set_vm_metadata', 'reboot_vm', 'get_disks'], async ({ next, method }) => {
      const response = await next();
      if (!response.error?.type.endsWith('VMNotFound')) return response;
      return ok(method === 'get_disks' ? [] : null);
    }),
  },
  {
    name: 'snapshot-of-nothing-succeeds',
    bug: 'snapshot_disk of a disk that is gone answers a cid.',
    call: inMethods(['snapshot_disk'], async ({ next }) => {
      const response = await next();
      return response.error?.type.endsWith('DiskNotFound') ? ok('sim-snapshot-of-nothing') : response;
    }),
  },
  {
    name: 'stemcell-without-image',
    bug: 'create_stemcell of an image file that is not there succeeds.',
    call: inMethods(['create_stemcell'], async ({ next, request }) => {
      const response = await next();
      if (response.error?.type !== 'Bosh::Clouds::CloudError') return response;
      const [, ...rest] = request.arguments;
      return await next({ arguments: [process.execPath, ...rest] });
    }),
  },
  {
    name: 'message-says-nothing',
    bug: 'Every message is "An error has occurred".',
    call: inErrors([], (error) => ({ ...error, message: 'An error has occurred' })),
  },
  {
    name: 'wrong-arguments-are-a-crash',
    bug: 'Missing and wrong arguments are an internal error that names none of them.',
    call: inErrors([], (error) =>
      /^Wrong (number of )?argument/.test(error.message)
        ? { ...error, type: 'Unknown', message: "Cannot read properties of undefined (reading 'id')" }
        : error,
    ),
  },
  {
    name: 'error-type-of-its-own',
    bug: "Failures of the cloud have a type of the CPI's own.",
    call: inErrors([], (error) =>
      error.type === 'Bosh::Clouds::CloudError' ? { ...error, type: 'SimCloud::ApiError' } : error,
    ),
  },
];
