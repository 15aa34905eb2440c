-- Stemcells with the same one have the same compilers and libraries: only their agents differ.
alter table stemcells add column compile_key text;
