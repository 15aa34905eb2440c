-- A blob of type 'pending' is being made, or deleted, by this task. Once the task has ended it is nobody's, unless
-- something else refers to it.
alter table blobs add column task_id bigint;

-- Stands for a VM that packages are compiled on, not for anything that the manifest names.
alter table instances add column compilation boolean not null default false;
