/** Where the embedded components listen: on loopback, and on the bridge that the VMs are attached to. */
export const addresses = {
  loopback: '127.0.0.1',
  bridgeName: 'boti0',
  bridge: '10.244.0.1',
  bridgePrefix: 24,
  directorPort: 25555,
  blobstorePort: 25250,
  natsPort: 4222,
} as const;
