import { InstanceGroupInvalidPersistentDisk, InstanceGroupUnknownDiskType } from '../../errors.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { CloudConfig } from './cloud-config.ts';
import type { Properties, SpecReader } from './spec-reader.ts';

/** A persistent disk of each instance. The one without a name is formatted and mounted by the agent; named ones are only attached. */
export interface GroupDisk {
  readonly name: string;
  readonly sizeMib: number;
  readonly cloudProperties: Properties;
}

const kinds = ['persistent_disk', 'persistent_disk_type', 'persistent_disks'] as const;

export function parsePersistentDisks(reader: SpecReader, group: string, cloud: CloudConfig): readonly GroupDisk[] {
  const given = kinds.filter((kind) => reader.has(kind));
  if (given.length > 1) {
    throw new InstanceGroupInvalidPersistentDisk(
      `Instance group '${group}' specifies more than one of the following: ${given.join(', ')}. Choose one.`,
    );
  }
  const disks =
    given[0] === 'persistent_disks' ? namedDisks(reader, group, cloud) : [managedDisk(reader, group, cloud)];
  return disks.filter((disk) => disk.sizeMib > 0);
}

function managedDisk(reader: SpecReader, group: string, cloud: CloudConfig): GroupDisk {
  const type = reader.stringOr('persistent_disk_type', null);
  if (type !== null) {
    return { ...diskType(type, group, cloud), name: '' };
  }
  const sizeMib = reader.integerOr('persistent_disk', 0);
  if (sizeMib < 0) {
    throw new InstanceGroupInvalidPersistentDisk(
      `Instance group '${group}' references an invalid persistent disk size '${sizeMib}'`,
    );
  }
  return { name: '', sizeMib, cloudProperties: {} };
}

function namedDisks(reader: SpecReader, group: string, cloud: CloudConfig): readonly GroupDisk[] {
  const disks = reader.readers('persistent_disks').map((entry) => {
    const name = entry.stringOr('name', '');
    if (name === '') {
      throw new InstanceGroupInvalidPersistentDisk(`Instance group '${group}' has a persistent disk without a name`);
    }
    return { ...diskType(entry.string('type'), group, cloud), name };
  });
  if (new Set(disks.map((disk) => disk.name)).size < disks.length) {
    throw new InstanceGroupInvalidPersistentDisk(
      `Instance group '${group}' must give its persistent disks unique names`,
    );
  }
  return disks;
}

function diskType(name: string, group: string, cloud: CloudConfig): GroupDisk {
  const type = cloud.diskTypes.get(name);
  if (type === undefined) {
    throw new InstanceGroupUnknownDiskType(
      `Instance group '${group}' references an unknown disk type '${name}'`,
      didYouMean(name, cloud.diskTypes.keys()),
    );
  }
  return type;
}
