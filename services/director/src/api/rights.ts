import { UnauthorizedToAccessDeployment } from '../errors.ts';
import { teamsOf, type User } from './user.ts';

/** Rights on the Director as a whole, in BOSH's words. */
export const directorRights = [
  'admin',
  'read',
  'create_deployment',
  'create_link',
  'delete_link',
  'update_configs',
  'list_configs',
  'read_events',
  'read_link',
  'list_deployments',
  'read_releases',
  'read_stemcells',
  'list_tasks',
  'upload_releases',
  'upload_stemcells',
  'create_dynamic_disks',
  'attach_dynamic_disks',
  'detach_dynamic_disks',
  'delete_dynamic_disks',
  'list_dynamic_disks',
  'provide_dynamic_disks',
] as const;
export type DirectorRight = (typeof directorRights)[number];

/** `deployment`: a right on the deployment that the path names; `diff`: admin on it, or to create it when it is new. */
export type Right = DirectorRight | 'none' | { readonly deployment: 'admin' | 'read' | 'diff' };

/** Something that belongs to teams: a deployment, a task, a config. */
export interface Owned {
  readonly teams: readonly string[];
}

const dynamicDiskScopes: Readonly<Record<string, readonly string[]>> = {
  create_dynamic_disks: ['bosh.dynamic-disks.create'],
  attach_dynamic_disks: ['bosh.dynamic-disks.attach'],
  detach_dynamic_disks: ['bosh.dynamic-disks.detach'],
  delete_dynamic_disks: ['bosh.dynamic-disks.delete'],
  list_dynamic_disks: ['bosh.dynamic-disks.list'],
  provide_dynamic_disks: ['bosh.dynamic-disks.create', 'bosh.dynamic-disks.attach'],
};

const anyTeamAdmin = 'bosh.teams.*.admin';
const anyTeamRead = 'bosh.teams.*.read';

/** Decides who may do what. Scopes may name this Director by its uuid. */
export class Authorizer {
  readonly #uuid: string;

  constructor(uuid: string) {
    this.#uuid = uuid;
  }

  /** Throws 600000 when the user lacks the right. */
  requireDirector(user: User, right: DirectorRight): void {
    if (!this.isAllowed(user, right)) throw denied([...this.#adminScopes(), ...this.#directorScopes(right)]);
  }

  isAllowed(user: User, right: DirectorRight): boolean {
    if (hasAny(user, this.#adminScopes())) return true;
    const disk = dynamicDiskScopes[right];
    if (disk !== undefined) return disk.every((scope) => user.scopes.includes(scope));
    return hasAny(user, this.#directorScopes(right));
  }

  requireOn(user: User, right: 'admin' | 'read', owned: Owned): void {
    if (!this.isAllowedOn(user, right, owned)) throw denied(this.#ownedScopes(right, owned));
  }

  isAllowedOn(user: User, right: 'admin' | 'read', owned: Owned): boolean {
    return hasAny(user, this.#ownedScopes(right, owned));
  }

  #adminScopes(): readonly string[] {
    return ['bosh.admin', `bosh.${this.#uuid}.admin`];
  }

  #readScopes(): readonly string[] {
    return ['bosh.read', `bosh.${this.#uuid}.read`];
  }

  #ownedScopes(right: 'admin' | 'read', { teams }: Owned): readonly string[] {
    const ofTeams = (kind: string): readonly string[] => teams.map((team) => `bosh.teams.${team}.${kind}`);
    const admin = [...this.#adminScopes(), ...ofTeams('admin')];
    return right === 'admin' ? admin : [...admin, ...this.#readScopes(), ...ofTeams('read')];
  }

  /** What lets in besides admin. */
  #directorScopes(right: DirectorRight): readonly string[] {
    switch (right) {
      case 'admin':
        return [];
      case 'read':
        return this.#readScopes();
      case 'create_deployment':
      case 'create_link':
      case 'delete_link':
      case 'update_configs':
        return [anyTeamAdmin];
      case 'list_configs':
      case 'read_events':
      case 'read_link':
        return [...this.#readScopes(), anyTeamAdmin, anyTeamRead];
      case 'list_deployments':
      case 'read_releases':
      case 'read_stemcells':
      case 'list_tasks':
        return [...this.#readScopes(), anyTeamAdmin];
      case 'upload_releases':
        return ['bosh.releases.upload'];
      case 'upload_stemcells':
        return ['bosh.stemcells.upload'];
      default:
        return allOf(dynamicDiskScopes[right] ?? []);
    }
  }
}

function hasAny(user: User, scopes: readonly string[]): boolean {
  return scopes.some((scope) => {
    if (scope === anyTeamAdmin) return teamsOf(user, 'admin').length > 0;
    if (scope === anyTeamRead) return teamsOf(user, 'read').length > 0;
    return user.scopes.includes(scope);
  });
}

/** Scopes that are needed together are shown in parentheses. */
function allOf(scopes: readonly string[]): readonly string[] {
  return scopes.length > 1 ? [`(${scopes.join(', ')})`] : scopes;
}

function denied(scopes: readonly string[]): Error {
  return new UnauthorizedToAccessDeployment(scopes.join(', '));
}
