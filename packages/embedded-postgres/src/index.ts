export {
  type PostgresConnection,
  type PostgresOptions,
  type PostgresServer,
  startPostgresServer,
  stopPostgresServer,
} from './postgres-server.ts';
