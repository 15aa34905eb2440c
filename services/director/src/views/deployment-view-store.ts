import type { Sql } from '../database/sql.ts';

export interface NameAndVersion {
  readonly name: string;
  readonly version: string;
}

/** A deployment as lists show it. */
export interface DeploymentView {
  readonly name: string;
  readonly teams: readonly string[];
  /** Whether it was last deployed with the cloud configs that are current now. */
  readonly cloudConfig: 'none' | 'latest' | 'outdated';
  readonly stemcells: readonly NameAndVersion[];
  readonly releases: readonly NameAndVersion[];
  readonly isLocked: boolean;
}

interface DeploymentViewRow {
  readonly name: string;
  readonly teams: readonly string[];
  readonly cloud_config: DeploymentView['cloudConfig'];
  readonly stemcells: readonly NameAndVersion[];
  readonly releases: readonly NameAndVersion[];
  readonly locked: boolean;
}

export async function deploymentViews(sql: Sql): Promise<DeploymentView[]> {
  const { rows } = await sql.query<DeploymentViewRow>(
    `with latest as (select max(id) as id from configs where type = 'cloud' and not deleted group by name),
          used as (select dc.deployment_id, array_agg(c.id order by c.id) as ids from deployments_configs dc
                     join configs c on c.id = dc.config_id and c.type = 'cloud' group by dc.deployment_id)
     select d.name, d.teams,
            case when u.ids is null then 'none'
                 when u.ids = (select array_agg(c.id order by c.id) from configs c join latest l on l.id = c.id
                                where c.team is null or d.teams ? c.team) then 'latest'
                 else 'outdated' end as cloud_config,
            coalesce((select jsonb_agg(distinct jsonb_build_object('name', s.name, 'version', s.version))
                        from deployments_stemcells ds join stemcells s on s.id = ds.stemcell_id
                       where ds.deployment_id = d.id), '[]') as stemcells,
            coalesce((select jsonb_agg(distinct jsonb_build_object('name', r.name, 'version', v.version))
                        from deployments_release_versions dv join release_versions v on v.id = dv.release_version_id
                        join releases r on r.id = v.release_id where dv.deployment_id = d.id), '[]') as releases,
            exists (select from locks l where l.name = 'lock:deployment:' || d.name and l.expires_at > now()) as locked
       from deployments d left join used u on u.deployment_id = d.id order by d.name`,
  );
  return rows.map(({ cloud_config, locked, ...row }) => ({ ...row, cloudConfig: cloud_config, isLocked: locked }));
}

export interface DeploymentConfigView {
  readonly deploymentId: number;
  readonly deployment: string;
  readonly config: { readonly id: number; readonly type: string; readonly name: string };
}

/** Which configs each of these deployments was last deployed with. */
export async function deploymentConfigViews(sql: Sql, deployments: readonly string[]): Promise<DeploymentConfigView[]> {
  const { rows } = await sql.query<{ id: string; deployment: string; config_id: string; type: string; name: string }>(
    `select d.id, d.name as deployment, c.id as config_id, c.type, c.name from deployments_configs dc
       join deployments d on d.id = dc.deployment_id join configs c on c.id = dc.config_id
      where d.name = any($1) order by d.name, c.id`,
    [deployments],
  );
  return rows.map((row) => ({
    deploymentId: Number(row.id),
    deployment: row.deployment,
    config: { id: Number(row.config_id), type: row.type, name: row.name },
  }));
}
